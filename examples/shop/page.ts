import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HttpError } from 'ingot'
import type { Product } from './catalog.js'
import { html, Html } from './html.js'
import { pictureOf } from './pictures.js'

export interface PageContent {
  readonly username: string | undefined
  readonly products: readonly Product[]
  readonly lines: readonly CartLine[]
  /** What was wrong with the form that was sent; its status becomes the page's. */
  readonly problem?: HttpError | undefined
}

interface CartLine {
  readonly product: Product
  readonly quantity: number
}

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8')
// Made apart from the page: its hash is that of the text between the tags, to the last space.
const styleElement = new Html(`<style>${style}</style>`)
const styleHash = createHash('sha256').update(style).digest('base64')

/** The whole page, as a response. It needs no script, and its policy allows none. */
export function page(content: PageContent): Response {
  return new Response(document(content).text, {
    status: content.problem?.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    },
  })
}

function document({ username, products, lines, problem }: PageContent): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>The Foundry Shop</title>
        ${styleElement}
      </head>
      <body>
        <a class="skip" id="skip" href="#cart">Skip to the cart</a>
        <header>
          <p class="brand">${pictureOf('brand')} The Foundry Shop</p>
          ${username === undefined ? loginForm() : logoutForm(username)}
        </header>
        <main>
          ${problem && html`<p class="problem" role="alert">${problem.message}</p>`}
          <section class="shelf" aria-labelledby="shelf">
            <h1 id="shelf">
              ${username === undefined ? 'Small comforts' : html`Welcome, <span class="name">${username}</span>`}
            </h1>
            <p class="lead">Three good things for people who work with heat.</p>
            <ul class="products">
              ${products.map(productCard)}
            </ul>
          </section>
          <section class="cart" id="cart" aria-labelledby="cart-title" tabindex="-1">
            ${lines.length === 0 ? emptyCart() : filledCart(lines)}
          </section>
        </main>
        <footer>
          <p>An example of Ingot. Each handler asked for a <code>Session</code>, and got one.</p>
        </footer>
      </body>
    </html> `
}

function loginForm(): Html {
  return html`<form class="account" method="post" action="/login">
    <label for="username">Your name</label>
    <input id="username" name="username" required maxlength="64" autocomplete="username" />
    <button>Log in</button>
  </form>`
}

function logoutForm(username: string): Html {
  return html`<form class="account" method="post" action="/logout">
    <p>Logged in as <strong class="name">${username}</strong></p>
    <button class="quiet">Log out</button>
  </form>`
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
