import { describe, expect, test } from 'vitest'
import {
  App,
  singletonClass,
  DIError,
  Inject,
  inject,
  Query,
  route,
  scoped,
  singleton,
  token,
  value,
  type Component,
  type Route,
} from '../../src/index.js'
import { describeParameters, callable } from '../../src/di/index.js'
import { Basket } from './fixtures/basket.js'
import { withoutSites } from './world.js'

/** Made once, with a setting. */
class Mailer {
  constructor(readonly host: string) {}
}

/** A token under the name of its interface. */
interface Clock {
  readonly year: number
}
const Clock = token<Clock>('clock')

const made = new Basket(3)
const components = [value(Basket, made)]

// Inside a function only those are written down that name a class.
const WRAPPED: readonly (readonly [string, string, string, (...given: never[]) => unknown])[] = [
  [
    '`baskets: Basket[]`',
    'erased to Array: what its elements are is gone',
    "For the values of every provider of X name all(X): inject([all(X), …], fn), or route.get(path, [all(X), …], fn); for one list make a token, token<X[]>('name'), and name it there.",
    (baskets: Basket[]) => baskets,
  ],
  [
    '`basket: Promise<Basket>`',
    'Promise, but values are awaited before they are injected',
    'Ask for the value itself: `x: X` instead of `x: Promise<X>`.',
    (basket: Promise<Basket>) => basket,
  ],
]

const MISSPELT: readonly (readonly [string, string, string, (...given: never[]) => unknown])[] = [
  [
    '`basket: Baskt`',
    'nothing named `Baskt` is declared or imported in its file, nor global at run time',
    'Did you mean Basket? ',
    // @ts-expect-error - misspelt
    (basket: Baskt) => basket,
  ],
  [
    '`query: UrlSearchParams`',
    'nothing named `UrlSearchParams` is declared or imported in its file, nor global at run time',
    'Did you mean URLSearchParams? ',
    // @ts-expect-error - misspelt
    (query: UrlSearchParams) => query,
  ],
  [
    '`options: Unheard.Of<string>`',
    'nothing named `Unheard` is declared or imported in its file, nor global at run time',
    '',
    // @ts-expect-error - not imported
    (options: Unheard.Of<string>) => options,
  ],
  [
    '`options: RequestInit`',
    'nothing named `RequestInit` is declared or imported in its file, nor global at run time',
    '',
    (options: RequestInit) => options,
  ],
]

function showPage(page: number) {
  return page
}

function showFirst(page = 1) {
  return [page]
}
const DEFAULTS: readonly (readonly [string, (...given: never[]) => unknown])[] = [
  ['alone', showFirst],
  ['beside a class', (basket: Basket, page = 1) => [page, basket.items].slice(0, 1)],
  ['with its type', (page: number = 1) => [page]],
]

const basketOfFour = singleton(Basket, (items = 4) => new Basket(items))
const makeBasket = (dsn: string) => new Basket(dsn.length)

async function answered(handler: Route, ...more: Component[]): Promise<unknown> {
  const app = new App({ routes: [handler], components: [...components, ...more] })
  const path = handler.path.replace(':id', '7')
  const response = await app.fetch(new Request(`https://shop.example${path}`))
  return response.json()
}

async function problemOf(handler: Route, ...more: Component[]) {
  const app = new App({ routes: [handler], components: [...components, ...more] })
  const error: unknown = await app.ready().catch((thrown: unknown) => thrown)
  if (!(error instanceof DIError)) throw new TypeError('the application was accepted')
  expect(error.errors).toHaveLength(1)
  const { code, problem, remedy } = error.errors[0]!
  return { code, problem, remedy }
}

describe('the four ways of asking', () => {
  class Ways {
    @Inject() byType(basket: Basket) {
      return basket
    }
    @Inject(Basket) byList(basket: Basket) {
      return basket
    }
  }
  const function_ = inject([Basket], (basket) => basket)
  const plain = (basket: Basket) => basket

  test('give one description, but for what only the source knows', () => {
    const ways = [callable([Ways, 'byType']), callable([Ways, 'byList'])]
    for (const way of [...ways, callable(function_), callable(plain)]) {
      const [wanted, ...others] = describeParameters(way)
      expect(others).toEqual([])
      expect(wanted).toMatchObject({ index: 0, token: Basket })
    }
    expect(describeParameters(callable(plain))[0]).toMatchObject({ name: 'basket', text: 'Basket' })
  })

  test('a list goes before the types', async () => {
    const other = token<Basket>('other')
    const both = inject([other], (basket: Basket) => basket.items)
    expect(await answered(route.get('/', both), value(other, new Basket(9)))).toBe(9)
  })

  test('a marker beside a parameter goes before its type, which says what to convert to', async () => {
    class Pages {
      show(@Query('n') n: number, basket: Basket, @Query('page') page = 1) {
        return [n, basket.items, page]
      }
    }
    const pages = new Pages()
    const wanted = describeParameters(callable([pages, 'show']))
    expect(wanted.map(({ token }) => String(token))).toEqual([
      "Query('n')",
      String(Basket),
      "Query('page')",
    ])
    expect(wanted.map(({ designType }) => designType)).toEqual([Number, Basket, Number])
  })
})

describe('a plain function', () => {
  test('gets what its types name', async () => {
    expect(await answered(route.get('/', (basket: Basket) => basket.items))).toBe(3)
  })

  test('gets a parameter of the path by its name, as a number when it is one', async () => {
    const show = (id: number, basket: Basket) => [id, typeof id, basket.items]
    expect(await answered(route.get('/carts/:id', show))).toEqual([7, 'number', 3])
  })

  test('gets undefined, null or its default where nothing provides what it may miss', async () => {
    class Nobody {}
    const show = (
      a: Nobody | null,
      b: Nobody | undefined,
      c?: Nobody,
      d: Basket | Nobody = made,
    ) => [a, b ?? 'none', c ?? 'none', d === made]
    expect(await answered(route.get('/', show))).toEqual([null, 'none', 'none', true])
  })

  test('keeps its default where the type says nothing', async () => {
    const show = (basket: Basket, now: () => number = () => 5) => basket.items + now()
    expect(await answered(route.get('/', show))).toBe(8)
  })

  test('gets the token that goes by the name of its interface', async () => {
    const show = (clock: Clock) => clock.year
    expect(await answered(route.get('/', show), value(Clock, { year: 1999 }))).toBe(1999)
  })

  test('provides, as a component', async () => {
    class Cart {
      constructor(readonly size: number) {}
    }
    const ofBasket = scoped(Cart, (basket: Basket) => new Cart(basket.items))
    expect(
      await answered(
        route.get('/', (cart: Cart) => cart.size),
        ofBasket,
      ),
    ).toBe(3)
  })

  test('is what a class without decorators is built like', async () => {
    class Cart {
      readonly size: number
      constructor(basket: Basket) {
        this.size = basket.items
      }
    }
    const show = (cart: Cart) => cart.size
    expect(await answered(route.get('/', show), singletonClass(Cart))).toBe(3)
  })
})

describe('a parameter whose type does not exist at run time is reported by its name and its type as written', () => {
  test.each(MISSPELT)('%s', async (parameter, problem, suggestion, show) => {
    const found = await problemOf(route.get('/', show))
    expect(found).toEqual({
      code: 'DI_ERASED',
      problem: `parameter ${parameter} of the handler of GET / cannot be injected: ${problem}.`,
      remedy: `${suggestion}Import the class as a value, or name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn).`,
    })
  })

  test('one without a type beside one that has', async () => {
    // @ts-expect-error - without a type it is an implicit any
    const show = (basket: Basket, other) => [basket, other]
    expect(await problemOf(route.get('/', show))).toEqual({
      code: 'DI_ERASED',
      problem: 'parameter `other` of show cannot be injected: no type is written for it.',
      remedy:
        'Write its type, or name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn).',
    })
  })

  test.each(WRAPPED)('%s', async (parameter, why, remedy, show) => {
    expect(await problemOf(route.get('/', show))).toEqual({
      code: 'DI_ERASED',
      problem: `parameter ${parameter} of the handler of GET / cannot be injected: its type is ${why}.`,
      remedy,
    })
  })

  test('a class that nothing provides', async () => {
    class Nobody {}
    const { code, problem } = await problemOf(route.get('/', (one: Nobody) => one))
    expect([code, problem]).toEqual([
      'DI_MISSING',
      'nothing provides Nobody, parameter `one: Nobody` of the handler of GET /.',
    ])
  })
})

describe('a parameter that is taken by its name', () => {
  test.each([...DEFAULTS, ['inline', undefined] as const])(
    'and has a default gets that where the path has no value: %s',
    async (_, show) => {
      const path = '/pages/:page?'
      const pages = show ? route.get(path, show) : route.get(path, (page = 1) => [page])
      const app = new App({ components, routes: [pages] })
      const get = async (path: string) => {
        const response = await app.fetch(new Request(`https://shop.example${path}`))
        return response.json()
      }
      expect([await get('/pages/7'), await get('/pages')]).toEqual([[7], [1]])
    },
  )

  test('and has a default is refused, too, where the path has none of that name', async () => {
    const { code, problem } = await problemOf(route.get('/pages', showFirst))
    expect([code, problem]).toEqual([
      'DI_UNKNOWN_PARAMETER',
      'parameter `page: number` of showFirst takes the parameter of the path that has its name, but /pages has none.',
    ])
  })

  test('is left to its default, where a component is made of a function that takes nothing else', async () => {
    const app = new App({
      routes: [route.get('/', (basket: Basket) => basket.items)],
      components: [basketOfFour],
    })
    const response = await app.fetch(new Request('https://shop.example/'))
    expect(await response.json()).toBe(4)
  })

  test('is refused where the path has none of that name, with where else it may come from', async () => {
    expect(await problemOf(route.get('/carts', showPage))).toEqual({
      code: 'DI_UNKNOWN_PARAMETER',
      problem:
        'parameter `page: number` of showPage takes the parameter of the path that has its name, but /carts has none.',
      remedy:
        "Write it into the path: /carts/:page; or say where else it comes from: inject([Query('page', Number), …], fn), or @Query('page', Number) before the parameter of a method.",
    })
  })

  test('is refused with the name that was probably meant', async () => {
    const { remedy } = await problemOf(route.get('/carts/:id', (idd: string) => idd))
    expect(remedy).toMatch(/^Did you mean id\? /)
  })

  test('is refused with the names of the path, and with a colon where it has braces [C15]', async () => {
    const { remedy } = await problemOf(route.get('/users/:id', (user: string) => user))
    expect(remedy).toMatch(
      /^Name it as in the path, or write it into the path: \/users\/:id\/:user; or /,
    )
    for (const path of ['/users/{id}', '/users/<id>', '/users/[id]'])
      expect((await problemOf(route.get(path, (id: string) => id))).remedy).toBe(
        'A parameter of the path is written with a colon: /users/:id.',
      )
  })

  test('is refused for a singleton, which no request makes', async () => {
    const app = new App({
      routes: [route.get('/', (basket: Basket) => basket)],
      components: [singleton(Basket, makeBasket)],
    })
    const error = (await app.ready().catch((thrown: unknown) => thrown)) as DIError
    expect(withoutSites(error.message)).toMatchInlineSnapshot(`
      "The application cannot be wired: 1 problem.

      1. DI_CAPTIVE: the singleton Basket would keep the first request's dsn: string for ever.
           Basket (singleton, singleton(Basket))
           └─ dsn: string (request, TextComponent)
         A parameter of that type is one of the path, by its name. For a setting make a token, \`const dsn = token<string>('dsn')\`, add value(dsn, …) to the components, and name the token: singleton(Basket, [dsn], …)."
    `)
  })

  test('is refused for a class that is made once, with the decorator to write', async () => {
    const app = new App({
      routes: [route.get('/', (mailer: Mailer) => mailer.host)],
      components: [singletonClass(Mailer)],
    })
    const error = (await app.ready().catch((thrown: unknown) => thrown)) as DIError
    expect(error.errors.map(({ remedy }) => remedy)).toEqual([
      "A parameter of that type is one of the path, by its name. For a setting make a token, `const host = token<string>('host')`, add value(host, …) to the components, and name the token: @Inject(host, …) on the class.",
    ])
  })

  test('is what it says: one of its literals, and 400 for anything else', async () => {
    const app = new App({
      routes: [route.get('/:sort/:size', (sort: 'up' | 'down', size: 1 | 2) => [sort, size])],
    })
    const get = (path: string) => app.fetch(new Request(`https://shop.example${path}`))
    expect(await (await get('/up/2')).json()).toEqual(['up', 2])
    const refused = await get('/left/3')
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      errors: [
        { name: 'sort', detail: 'must be "up" or "down"' },
        { name: 'size', detail: 'must be 1 or 2' },
      ],
    })
  })
})
