import 'reflect-metadata'
import { describe, expect, test } from 'vitest'
import {
  App,
  Controller,
  Get,
  inject,
  route,
  value,
  type Component,
  type Route,
} from '../../../src/index.js'
import { refusalOf, withoutSites } from '../world.js'
import { Eggs, Egg } from '../fixtures/egg.js'
import { Hen, HensByReference, HensByType } from '../fixtures/hen.js'

class Basket {
  readonly items: number = 3
}
interface Settings {
  readonly url: string
}
const METHOD = 'name its token: @Inject(Token, …) on the method, or inject([Token, …], fn)'
const OBJECT = {
  code: 'DI_ERASED',
  problem:
    'parameter 0 of Page.show cannot be injected: its type is erased to Object: an interface, a type alias, a union such as `X | null`, a type parameter, unknown, or (swc, oxc) a class from `import type`.',
  remedy: `Make it a class, imported as a value (\`import { X }\`), or ${METHOD}; optional(X) is the token of one that may be missing.`,
}

/** A controller whose `show` has the metadata that a compiler emitted for one parameter. */
function pageWith(designType: unknown): Function {
  @Controller()
  class Page {
    @Get() show(one?: unknown): unknown {
      return one
    }
  }
  Reflect.defineMetadata('design:paramtypes', [designType], Page.prototype, 'show')
  return Page
}

async function problemOf(routed: Function | Route, ...components: Component[]) {
  const { errors } = await refusalOf(new App({ routes: [routed], components }).ready())
  expect(errors).toHaveLength(1)
  const { code, problem, remedy } = errors[0]!
  return { code, problem, remedy }
}

describe('a class of a module that imports this one back', () => {
  const remedy =
    'Break the import cycle, or name forwardRef(() => X): @Inject(forwardRef(() => X), …) on the method, or inject([forwardRef(() => X), …], fn).'
  const problem =
    'cannot be injected: its type was not there yet when the class was defined: modules that import each other, or a class declared further down.'

  test('is refused where the compiler left a hole', async () => {
    expect(await problemOf(pageWith(undefined))).toEqual({
      code: 'DI_ERASED',
      problem: `parameter 0 of Page.show ${problem}`,
      remedy,
    })
  })

  test('is refused where a list of tokens has a hole', async () => {
    const missing = undefined as unknown as typeof Basket
    const show = inject([Basket, missing], function show(...baskets: Basket[]) {
      return baskets
    })
    expect(await problemOf(route.get('/', show), value(Basket, new Basket()))).toEqual({
      code: 'DI_ERASED',
      problem: `parameter 1 of show ${problem}`,
      remedy:
        'Break the import cycle, or name forwardRef(() => X): inject([forwardRef(() => X), …], fn), or route.get(path, [forwardRef(() => X), …], fn).',
    })
  })

  test('works in the module that was loaded last, and through ref in the other', async () => {
    const app = new App({
      components: [value(Hen, new Hen()), value(Egg, new Egg())],
      routes: [Eggs, HensByReference],
    })
    expect(await (await app.fetch(new Request('http://localhost/egg'))).text()).toBe('Berta')
    expect(await (await app.fetch(new Request('http://localhost/by-reference'))).text()).toBe(
      'brown',
    )
    // The module runner of these tests hands out Object for a class that is not there yet.
    expect(await problemOf(HensByType, value(Egg, new Egg()))).toMatchObject({ code: 'DI_ERASED' })
  })
})

describe('a parameter for which nothing was emitted', () => {
  test('is refused with what has to be turned on', async () => {
    @Controller()
    class Page {
      @Get() show(basket: Basket) {
        return basket
      }
    }
    Reflect.deleteMetadata('design:paramtypes', Page.prototype, 'show')
    const error = await refusalOf(new App({ routes: [Page] }).ready())
    expect(withoutSites(error.message)).toBe(`The application cannot be wired: 1 problem.

1. DI_NO_METADATA (GET /): parameter 0 of Page.show cannot be injected: nothing says what to inject: it has no token, and no type metadata was emitted.
     Page.show
     └─ parameter 0
   Name its token: @Inject(Token, …) on the method, or inject([Token, …], fn); or decorate the method with @Inject() and turn on emitDecoratorMetadata (tsc, swc and oxc emit it; esbuild, tsx and TC39 decorators never do); or let its types be read: start Node with \`--import ingot/register\`, or add \`ingot()\` of ingot/vite or ingot/esbuild to the plugins of the build.`)
  })

  test('is refused in a constructor, whose class takes the list', async () => {
    class Page {
      readonly #basket: Basket
      constructor(basket: Basket) {
        this.#basket = basket
      }
      @Get() show() {
        return this.#basket
      }
    }
    // Metadata of a constructor is emitted for decorated classes only.
    Controller()(Page)
    expect(await problemOf(Page)).toEqual({
      code: 'DI_NO_METADATA',
      problem:
        'parameter 0 of new Page cannot be injected: nothing says what to inject: it has no token, and no type metadata was emitted.',
      remedy:
        'Where the class takes options, make it yourself: give new Page(…) in place of Page. Otherwise name its token: @Inject(Token, …) on the class; or decorate the class with @Inject() and turn on emitDecoratorMetadata (tsc, swc and oxc emit it; esbuild, tsx and TC39 decorators never do); or let its types be read: start Node with `--import ingot/register`, or add `ingot()` of ingot/vite or ingot/esbuild to the plugins of the build.',
    })
  })

  test('is refused in a plain function, which never has any', async () => {
    const show = (basket: Basket) => basket.items
    expect(await problemOf(route.get('/', show))).toEqual({
      code: 'DI_NO_METADATA',
      problem:
        'parameter 0 of show cannot be injected: nothing says what to inject: it has no token.',
      remedy:
        'Name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn); or let its types be read: start Node with `--import ingot/register`, or add `ingot()` of ingot/vite or ingot/esbuild to the plugins of the build.',
    })
  })

  test('is refused when the list of tokens ends before it', async () => {
    const show = inject([Basket], function show(this: void, ...baskets: Basket[]) {
      return baskets
    })
    Object.defineProperty(show, 'length', { value: 2 })
    expect(await problemOf(route.get('/', show), value(Basket, new Basket()))).toEqual({
      code: 'DI_NO_METADATA',
      problem: 'parameter 1 of show cannot be injected: its list has 1 token.',
      remedy: 'Add the token of this parameter to the list.',
    })
  })
})

describe('a list of tokens that names what a type was erased to', () => {
  test('is refused as the type itself is', async () => {
    const show = inject([Object, Promise<Basket>], function show(...values: unknown[]) {
      return values
    })
    const { errors } = await refusalOf(new App({ routes: [route.get('/', show)] }).ready())
    expect(errors.map(({ code, problem }) => [code, problem])).toEqual([
      ['DI_ERASED', OBJECT.problem.replace('Page.show', 'show')],
      [
        'DI_ERASED',
        'parameter 1 of show cannot be injected: its type is Promise, but values are awaited before they are injected.',
      ],
    ])
  })
})

describe('an erased type in a constructor', () => {
  test('is remedied on the class, without markers: a constructor has no request', async () => {
    @Controller()
    class Page {
      constructor(
        readonly url: string,
        readonly settings: Settings,
      ) {}
      @Get() show() {}
    }
    const { errors } = await refusalOf(new App({ routes: [Page] }).ready())
    expect(errors.map(({ problem, remedy }) => [problem, remedy])).toEqual([
      [
        'parameter 0 of new Page cannot be injected: its type is string (or an enum of strings), which does not say where the value comes from.',
        "Make a token, token<string>('name'), and name it: @Inject(…) on the class.",
      ],
      [
        OBJECT.problem.replace('parameter 0 of Page.show', 'parameter 1 of new Page'),
        'Make it a class, imported as a value (`import { X }`), or name its token: @Inject(Token, …) on the class; optional(X) is the token of one that may be missing.',
      ],
    ])
  })
})
