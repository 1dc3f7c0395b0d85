import { HttpError } from 'ingot'
import { singleton } from 'tsyringe'

export interface Product {
  readonly sku: string
  readonly name: string
  readonly about: string
  /** In cents. */
  readonly price: number
}

/** What the shop sells. tsyringe builds one for the whole application. */
@singleton()
export class Catalog {
  readonly products: readonly Product[] = [
    { sku: 'tea', name: 'Green tea', about: 'Sencha, first flush, 100 g', price: 950 },
    { sku: 'coffee', name: 'Dark coffee', about: 'Whole beans, slow roast, 250 g', price: 1200 },
    {
      sku: 'mug',
      name: 'Foundry mug',
      about: 'Stoneware with an ember glaze, 350 ml',
      price: 1850,
    },
  ]

  /** The product of that sku, or `undefined` when the shop does not sell it. */
  find(sku: string): Product | undefined {
    return this.products.find((product) => product.sku === sku)
  }

  /** @throws {HttpError} 404 when the shop does not sell it. */
  get(sku: string): Product {
    const product = this.find(sku)
    if (!product) throw new HttpError(404, `There is no product '${sku}'.`)
    return product
  }
}
