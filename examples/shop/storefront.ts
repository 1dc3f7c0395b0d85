import type { Product } from './catalog.js'
import { html, type Html } from './html.js'
import { pictureOf } from './pictures.js'

export interface CartLine {
  readonly product: Product
  readonly quantity: number
}

/** The products of the shop, and the visitor's cart. */
export function storefront(products: readonly Product[], lines: readonly CartLine[]): Html {
  return html`<section class="shelf" aria-labelledby="shelf">
      <h1 id="shelf">Small comforts</h1>
      <p class="lead">Three good things for people who work with heat.</p>
      <ul class="products">
        ${products.map(productCard)}
      </ul>
    </section>
    <section class="cart" id="cart" aria-labelledby="cart-title" tabindex="-1">
      ${lines.length === 0 ? emptyCart() : filledCart(lines)}
    </section>`
}

function productCard({ sku, name, about, price }: Product): Html {
  return html` <li class="product">
    <div class="picture picture-${sku}">${pictureOf(sku)}</div>
    <h2>${name}</h2>
    <p class="about">${about}</p>
    <p class="price">${money(price)}</p>
    <form method="post" action="/cart/${encodeURIComponent(sku)}">
      <label class="hidden" for="quantity-${sku}">Quantity of ${name}</label>
      <input
        id="quantity-${sku}"
        name="quantity"
        type="number"
        min="1"
        max="99"
        value="1"
        required
      />
      <button aria-label="Add ${name} to the cart">Add</button>
    </form>
  </li>`
}

function emptyCart(): Html {
  return html`<h2 id="cart-title">Your cart</h2>
    <div class="empty">
      ${pictureOf('basket')}
      <p>Nothing in it yet.</p>
      <p class="hint">What you add stays here when you reload.</p>
    </div>`
}

function filledCart(lines: readonly CartLine[]): Html {
  const count = lines.reduce((sum, line) => sum + line.quantity, 0)
  const total = lines.reduce((sum, line) => sum + line.quantity * line.product.price, 0)
  return html`<h2 id="cart-title">
      Your cart <span class="count">${count} ${count === 1 ? 'item' : 'items'}</span>
    </h2>
    <ul class="lines">
      ${lines.map(cartLine)}
    </ul>
    <p class="total"><span>Total</span> <strong>${money(total)}</strong></p>`
}

function cartLine({ product, quantity }: CartLine): Html {
  return html` <li class="line">
    <p class="what">
      <strong>${product.name}</strong> <span>${quantity} × ${money(product.price)}</span>
    </p>
    <p class="sum">${money(product.price * quantity)}</p>
    <form method="post" action="/cart/${encodeURIComponent(product.sku)}">
      <button
        class="quiet"
        name="action"
        value="remove"
        aria-label="Remove ${product.name} from the cart"
      >
        Remove
      </button>
    </form>
  </li>`
}

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })

function money(cents: number): string {
  return euros.format(cents / 100)
}
