import {
  App,
  type Component,
  HttpError,
  optional,
  Query,
  route,
  scoped,
  Session,
  singletonClass,
  value,
} from 'ingot'
import { account, accountForm } from './account.js'
import { addButton, type Bought, Cart, cartRoutes } from './cart.js'
import { Catalog, euros } from './catalog.js'
import { html, page } from './html.js'
import { Users } from './users.js'

const home = route.get(
  '/',
  [Catalog, Session, Cart, optional(Query('most', Number))],
  (catalog, session, cart, most) => {
    const list = catalog
      .upTo(most ?? Infinity)
      .map(
        ({ sku, name, price }) =>
          html`<li><a href="/products/${sku}">${name}</a> ${euros(price)}</li>`,
      )
    const seen = catalog.find(String(session.get('seen')))
    return page(
      'Small comforts',
      html`${notice(session)} ${accountForm(session.userId)} ${cart.list()}
        <ul>
          ${list}
        </ul>
        ${seen && html`<p>You looked at: ${seen.name}</p>`}`,
    )
  },
)

/** The message that the last request left: it is shown once. */
function notice(session: Session) {
  const text = session.flash.get('notice')
  return text === undefined ? undefined : html`<p role="status">${text}</p>`
}

function showProduct(catalog: Catalog, session: Session, sku: string) {
  const product = catalog.find(sku)
  if (!product) throw new HttpError(404, 'We do not sell that.')
  session.set('seen', sku)
  return page(
    product.name,
    html`<p>${euros(product.price)}</p>
      ${addButton(sku)}`,
  )
}

/** What is different where the shop runs. */
export interface Place {
  /** Where sessions are kept. */
  readonly kept: readonly Component[]
  /** The passwords of the users by their names. */
  readonly passwords: Readonly<Record<string, string>>
}

export function createShop({ kept, passwords }: Place) {
  return new App({
    components: [
      ...kept,
      singletonClass(Catalog),
      scoped(Cart, (session: Session<Bought>, catalog: Catalog) => new Cart(session, catalog)),
      value(Users, new Users(passwords)),
    ],
    routes: [
      home,
      route.get('/products/:sku', showProduct),
      account,
      cartRoutes,
      // It asks for no session: a probe that looks every second costs the store nothing.
      route.get('/healthz', () => 'The shop is open.'),
    ],
  })
}
