import type { Session } from 'ingot'
import type { Catalog, Product } from './catalog.js'
import type { CartItem, Shop } from './visitor.js'

/** The cart of one visitor: made for a request, kept in the session. */
export class Cart {
  readonly #session: Session<Shop>
  readonly #catalog: Catalog

  constructor(session: Session<Shop>, catalog: Catalog) {
    this.#session = session
    this.#catalog = catalog
  }

  get items(): readonly CartItem[] {
    return this.#session.get('cart') ?? []
  }

  /** The number of things in the cart. */
  get count(): number {
    return this.items.reduce((sum, item) => sum + item.quantity, 0)
  }

  /** The items with their products, without those that the shop no longer sells. */
  get lines(): { product: Product; quantity: number }[] {
    return this.items.flatMap(({ sku, quantity }) => {
      const product = this.#catalog.find(sku)
      return product ? [{ product, quantity }] : []
    })
  }

  /** @throws {HttpError} 404 when the shop does not sell it. */
  add(sku: string, quantity: number): this {
    const product = this.#catalog.get(sku)
    // With `update`, two requests at the same time both count.
    this.#session.update('cart', (items = []) => withMore(items, product.sku, quantity))
    return this
  }

  remove(sku: string): this {
    if (!this.items.some((item) => item.sku === sku)) return this
    this.#session.update('cart', (items = []) => items.filter((item) => item.sku !== sku))
    return this
  }

  toJSON(): { items: readonly CartItem[]; count: number } {
    return { items: this.items, count: this.count }
  }
}

function withMore(items: readonly CartItem[], sku: string, quantity: number): CartItem[] {
  const present = items.find((item) => item.sku === sku)
  if (!present) return [...items, { sku, quantity }]
  const more = { sku, quantity: present.quantity + quantity }
  return items.map((item) => (item === present ? more : item))
}
