import { HttpError, redirect, route, Session } from 'ingot'
import { euros, type Catalog } from './catalog.js'
import { html } from './html.js'

/** What the session keeps: how many of each product. */
export interface Bought {
  cart: Record<string, number>
}

/** The cart of one visitor: made for a request, kept in the session. */
export class Cart {
  constructor(
    private readonly session: Session<Bought>,
    private readonly catalog: Catalog,
  ) {}

  add(sku: string) {
    const product = this.catalog.find(sku)
    if (!product) throw new HttpError(404, 'We do not sell that.')
    // Of two clicks at the same time both count.
    this.session.update('cart', (cart = {}) => ({ ...cart, [sku]: (cart[sku] ?? 0) + 1 }))
    return product
  }

  list() {
    const lines = Object.entries(this.session.get('cart') ?? {}).map(([sku, quantity]) => {
      const product = this.catalog.find(sku)
      return (
        product && html`<li>${quantity} × ${product.name}, ${euros(quantity * product.price)}</li>`
      )
    })
    return lines.length > 0
      ? html`<h2>Your cart</h2>
          <ul>
            ${lines}
          </ul>`
      : undefined
  }
}

export const cartRoutes = route.post('/cart/:sku', (cart: Cart, session: Session, sku: string) => {
  session.flash.set('notice', `${cart.add(sku).name} is in your cart.`)
  return redirect('/')
})

export const addButton = (sku: string) =>
  html`<form method="post" action="/cart/${sku}"><button>Add to the cart</button></form>`
