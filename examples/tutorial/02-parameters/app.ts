import { App, HttpError, optional, Query, route, singletonClass } from 'ingot'
import { Catalog, euros } from './catalog.js'
import { html, page } from './html.js'

// `/?most=1000`: a list of tokens says where a value comes from, if a type alone does not.
const home = route.get('/', [Catalog, optional(Query('most', Number))], (catalog, most) => {
  const list = catalog
    .upTo(most ?? Infinity)
    .map(
      ({ sku, name, price }) =>
        html`<li><a href="/products/${sku}">${name}</a> ${euros(price)}</li>`,
    )
  return page(
    'Small comforts',
    html`<ul>
      ${list}
    </ul>`,
  )
})

// `sku` is the parameter of the path with that name.
function showProduct(catalog: Catalog, sku: string) {
  const product = catalog.find(sku)
  if (!product) throw new HttpError(404, 'We do not sell that.')
  return page(product.name, html`<p>${euros(product.price)}</p>`)
}

export function createShop() {
  return new App({
    components: [singletonClass(Catalog)],
    routes: [home, route.get('/products/:sku', showProduct)],
  })
}
