import {
  App,
  HttpError,
  MemoryStore,
  optional,
  Query,
  route,
  Session,
  sessions,
  singletonClass,
} from 'ingot'
import { Catalog, euros } from './catalog.js'
import { html, page } from './html.js'

const home = route.get(
  '/',
  [Catalog, Session, optional(Query('most', Number))],
  (catalog, session, most) => {
    const list = catalog
      .upTo(most ?? Infinity)
      .map(
        ({ sku, name, price }) =>
          html`<li><a href="/products/${sku}">${name}</a> ${euros(price)}</li>`,
      )
    const seen = catalog.find(String(session.get('seen')))
    return page(
      'Small comforts',
      html`<ul>
          ${list}
        </ul>
        ${seen && html`<p>You looked at: ${seen.name}</p>`}`,
    )
  },
)

// The session is loaded before this runs, and stored before the page leaves.
function showProduct(catalog: Catalog, session: Session, sku: string) {
  const product = catalog.find(sku)
  if (!product) throw new HttpError(404, 'We do not sell that.')
  session.set('seen', sku)
  return page(product.name, html`<p>${euros(product.price)}</p>`)
}

export function createShop() {
  return new App({
    components: [sessions(new MemoryStore()), singletonClass(Catalog)],
    routes: [home, route.get('/products/:sku', showProduct)],
  })
}
