import {
  all,
  App,
  Controller,
  Get,
  Inject,
  inject,
  lazy,
  optional,
  Param,
  Query,
  route,
  scoped,
  singleton,
  token,
  value,
} from 'ingot'

class Catalog {
  readonly #names = new Map([['tea', 'Green tea']])

  name(sku: string): string | undefined {
    return this.#names.get(sku)
  }
}

class Report {
  constructor(readonly text: string) {}
}

const currency = token<string>('currency')
const plugin = token<(name: string) => string>('plugin')

// #region by-type
@Controller('/products')
class Products {
  // The class of a parameter is its token; a marker says more.
  @Get('/:sku')
  show(catalog: Catalog, @Param('sku') sku: string) {
    return catalog.name(sku) ?? 'unknown'
  }

  // A list needs no metadata, and the compiler checks it against the parameters.
  @Get('/:sku/price')
  @Inject(Param('sku'), optional(Query('quantity', Number)), currency)
  price(sku: string, quantity: number | undefined, unit: string) {
    return `${quantity ?? 1} × ${sku} in ${unit}`
  }
}
// #endregion

// #region by-list
const shout = inject([Catalog, Query('sku')], (catalog, sku) => {
  return (catalog.name(sku) ?? 'unknown').toUpperCase()
})
// #endregion

// #region modifiers
const overview = inject(
  [optional(token<string>('banner')), lazy(Report), all(plugin)],
  async (banner, report, plugins) => {
    const { text } = await report() // made now, and only now
    return plugins.reduce((made, change) => change(made), `${banner ?? 'no banner'}: ${text}`)
  },
)
// #endregion

export const app = new App({
  components: [
    singleton(Catalog, [], () => new Catalog()),
    value(currency, 'EUR'),
    scoped(Report, [currency], (unit) => new Report(`all prices in ${unit}`)),
    value(plugin, (name) => `${name}!`),
    value(plugin, (name) => `<${name}>`),
  ],
  routes: [Products, route.get('/shout', shout), route.get('/overview', overview)],
})
