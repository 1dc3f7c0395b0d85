import 'reflect-metadata'
import { describe, expect, test } from 'vitest'
import {
  App,
  Controller,
  Get,
  Inject,
  optional,
  Query,
  scoped,
  token,
  value,
  type Component,
  type DIProblem,
  type Route,
} from '../../../src/index.js'
import { refusalOf, withoutSites } from '../world.js'
import type { Grade as GradeType } from '../fixtures/grade.js'
import { Grade } from '../fixtures/grade.js'

class Basket {
  readonly items: number = 3
}
interface Settings {
  readonly url: string
}
type Alias = Basket

const METHOD = 'name its token: @Inject(Token, …) on the method, or inject([Token, …], fn)'
const OBJECT = {
  code: 'DI_ERASED',
  problem:
    'parameter 0 of Page.show cannot be injected: its type is erased to Object: an interface, a type alias, a union such as `X | null`, a type parameter, unknown, or (swc, oxc) a class from `import type`.',
  remedy: `Make it a class, imported as a value (\`import { X }\`), or ${METHOD}; optional(X) is the token of one that may be missing.`,
}
const FUNCTION = {
  code: 'DI_ERASED',
  problem:
    'parameter 0 of Page.show cannot be injected: its type is erased to Function: a function type, or a class from `import type`.',
  remedy:
    "Import the class as a value (`import { X }`, and keep linters from rewriting it to `import type`); for a function make a token, token<() => void>('name'), and name it: @Inject(…) on the method, or inject([…], fn).",
}
const ARRAY = {
  code: 'DI_ERASED',
  problem:
    'parameter 0 of Page.show cannot be injected: its type is erased to Array: what its elements are is gone.',
  remedy:
    "For the values of every provider of X name all(X): @Inject(all(X), …) on the method, or inject([all(X), …], fn); for one list make a token, token<X[]>('name'), and name it there.",
}
const ENUM = {
  code: 'DI_ERASED',
  problem:
    'parameter 0 of Page.show cannot be injected: its type is an enum, which does not say where the value comes from.',
  remedy: plainRemedy('Kind'),
}

function plain(words: string, type = words) {
  return {
    code: 'DI_ERASED',
    problem: `parameter 0 of Page.show cannot be injected: its type is ${words}, which does not say where the value comes from.`,
    remedy: plainRemedy(type),
  }
}

function plainRemedy(type: string): string {
  return `For a part of the request use a marker, @Query('name'), @Param('name') or @Header('name'); for anything else make a token, token<${type}>('name'), and name it: @Inject(…) on the method, or inject([…], fn).`
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

describe('a parameter whose type is erased', () => {
  test('is reported with its route, its place, the reason and the remedy', async () => {
    @Controller('/cart')
    class Carts {
      @Get() show(basket: Basket, _settings: Settings) {
        return basket.items
      }
    }
    const error = await refusalOf(
      new App({ routes: [Carts], components: [value(Basket, new Basket())] }).ready(),
    )
    expect(withoutSites(error.message)).toBe(`The application cannot be wired: 1 problem.

1. DI_ERASED (GET /cart): parameter 1 of Carts.show cannot be injected: its type is erased to Object: an interface, a type alias, a union such as \`X | null\`, a type parameter, unknown, or (swc, oxc) a class from \`import type\`.
     Carts.show
     └─ parameter 1
   Make it a class, imported as a value (\`import { X }\`), or name its token: @Inject(Token, …) on the method, or inject([Token, …], fn); optional(X) is the token of one that may be missing.`)
  })

  test('is reported for every such parameter at once', async () => {
    @Controller()
    class Page {
      @Get() show(_one: Settings, _two: string) {}
      @Get('/other') other(_three: Promise<Basket>) {}
    }
    const { errors } = await refusalOf(new App({ routes: [Page] }).ready())
    expect(errors.map(({ route, path }) => [route, ...path])).toEqual([
      ['GET /', 'Page.show', 'parameter 0'],
      ['GET /', 'Page.show', 'parameter 1'],
      ['GET /other', 'Page.other', 'parameter 0'],
    ])
  })
})

describe('types that are erased to Object', () => {
  class Interface {
    @Get() show(_one: Settings) {}
  }
  class TypeAlias {
    @Get() show(_one: Alias) {}
  }
  class OrNull {
    @Get() show(_one: Basket | null) {}
  }
  class OrUndefined {
    @Get() show(_one: Basket | undefined) {}
  }
  class Unknown {
    @Get() show(_one: unknown) {}
  }
  class TypeParameter<Item extends Basket> {
    @Get() show(_one: Item) {}
  }
  class ImportType {
    @Get() show(_one: DIProblem) {}
  }
  class Intersection {
    @Get() show(_one: Basket & { readonly colour: string }) {}
  }
  class WithoutAnnotation {
    @Get() show(_one = 3) {}
  }

  test.each([
    ['an interface', Interface],
    ['a type alias', TypeAlias],
    ['a class or null', OrNull],
    ['a class or undefined', OrUndefined],
    ['unknown', Unknown],
    ['a type parameter', TypeParameter],
    ['a class from `import type`, as oxc and swc emit it', ImportType],
    ['an intersection', Intersection],
    ['a default without an annotation', WithoutAnnotation],
  ])('%s', async (_name, page) => {
    expect(await problemOf(controllerNamedPage(page))).toEqual(OBJECT)
  })
})

describe('types that are erased to something else', () => {
  class FunctionType {
    @Get() show(_one: () => void) {}
  }
  class List {
    @Get() show(_one: Basket[]) {}
  }
  class Rest {
    @Get() show(..._all: Basket[]) {}
  }
  class Text {
    @Get() show(_one: string) {}
  }
  class Literals {
    @Get() show(_one: 'yes' | 'no') {}
  }
  class Amount {
    @Get() show(_one: number) {}
  }
  class Flag {
    @Get() show(_one: boolean) {}
  }
  class Big {
    @Get() show(_one: bigint) {}
  }
  class ImportedEnum {
    @Get() show(_one: Grade) {}
  }

  test.each([
    ['a function type', FunctionType, FUNCTION],
    ['a list', List, ARRAY],
    ['a rest parameter, as oxc and swc emit it', Rest, ARRAY],
    ['string', Text, plain('string (or an enum of strings)', 'string')],
    ['literal types', Literals, plain('string (or an enum of strings)', 'string')],
    ['number', Amount, plain('number (or an enum of numbers)', 'number')],
    ['boolean', Flag, plain('boolean')],
    ['bigint', Big, plain('bigint')],
    ['an enum of another module, as oxc emits it', ImportedEnum, ENUM],
  ])('%s', async (_name, page, words) => {
    expect(await problemOf(controllerNamedPage(page))).toEqual(words)
  })

  test('a symbol, which no marker gives', async () => {
    class Sign {
      @Get() show(_one: symbol) {}
    }
    expect(await problemOf(controllerNamedPage(Sign))).toEqual({
      ...plain('symbol'),
      remedy:
        "Make a token, token<symbol>('name'), and name it: @Inject(…) on the method, or inject([…], fn).",
    })
  })

  test('a promise, whose value is the thing to ask for', async () => {
    class Promised {
      @Get() show(_one: Promise<Basket>) {}
    }
    expect(await problemOf(controllerNamedPage(Promised))).toEqual({
      code: 'DI_ERASED',
      problem:
        'parameter 0 of Page.show cannot be injected: its type is Promise, but values are awaited before they are injected.',
      remedy: 'Ask for the value itself: `x: X` instead of `x: Promise<X>`.',
    })
  })

  test.each([
    ['`import type`, as tsc emits it', Function, FUNCTION],
    [
      'an enum of numbers, as tsc and swc emit it',
      Number,
      plain('number (or an enum of numbers)', 'number'),
    ],
    [
      'an enum of strings, as tsc and swc emit it',
      String,
      plain('string (or an enum of strings)', 'string'),
    ],
    ['an enum, as oxc emits it', Grade, ENUM],
    ['a member of an enum, as oxc emits it', Grade.Good, ENUM],
  ])('%s', async (_name, designType, words) => {
    expect(await problemOf(pageWith(designType))).toEqual(words)
  })
})

describe('the remedies work', () => {
  const settings = token<Settings>('settings')
  const greet = token<() => string>('greet')
  const grade = token<GradeType>('grade')

  test('tokens stand for interfaces, functions and enums', async () => {
    @Controller()
    class Page {
      @Get() @Inject(settings, greet, grade) show(
        { url }: Settings,
        hello: () => string,
        given: Grade,
      ) {
        return `${hello()} ${url} ${given}`
      }
    }
    expect(
      await answer(
        Page,
        value(settings, { url: 'redis:' }),
        value(greet, () => 'hello'),
        value(grade, Grade.Bad),
      ),
    ).toBe('hello redis: 2')
  })

  test('optional(X) gives undefined for one that is missing', async () => {
    @Controller()
    class Page {
      @Get() @Inject(optional(Basket)) show(basket: Basket | undefined) {
        return basket === undefined ? 'none' : 'some'
      }
    }
    expect(await answer(Page)).toBe('none')
    expect(await answer(Page, value(Basket, new Basket()))).toBe('some')
  })

  test('a marker says where a plain value comes from', async () => {
    @Controller()
    class Page {
      @Get() show(@Query('n') n: number) {
        return `${n + 1}`
      }
    }
    expect(await answer(Page)).toBe('2')
  })
})

describe('types that are kept', () => {
  test('an optional parameter keeps its class, and the value has to be there', async () => {
    @Controller()
    class Page {
      @Get() show(basket?: Basket) {
        return `${basket?.items}`
      }
    }
    expect(await answer(Page, value(Basket, new Basket()))).toBe('3')
    expect(await problemOf(Page)).toMatchObject({ code: 'DI_MISSING' })
  })

  test('a default keeps the class of its annotation, and is not used', async () => {
    class Full extends Basket {
      override readonly items = 9
    }
    @Controller()
    class Page {
      @Get() show(basket: Basket = new Full()) {
        return `${basket.items}`
      }
    }
    expect(await answer(Page, value(Basket, new Basket()))).toBe('3')
  })

  test('abstract classes, classes with type arguments, and those of the platform', async () => {
    abstract class Shape {
      abstract area(): number
    }
    class Square extends Shape {
      area() {
        return 4
      }
    }
    class Box<Content> {
      constructor(readonly content: Content) {}
    }
    @Controller()
    class Page {
      @Get() show(shape: Shape, box: Box<string>, url: URL, { method }: Request) {
        return `${shape.area()} ${box.content} ${url.pathname} ${method}`
      }
    }
    expect(
      await answer(
        Page,
        value(Shape, new Square()),
        scoped(Box, [], () => new Box('apples')),
      ),
    ).toBe('4 apples / GET')
  })
})

async function answer(page: Function, ...components: Component[]): Promise<string> {
  const app = new App({ routes: [page], components })
  return (await app.fetch(new Request('http://localhost/?n=1'))).text()
}

/** The same class as a controller under the name that the expected words have. */
function controllerNamedPage(page: Function): Function {
  Object.defineProperty(page, 'name', { value: 'Page' })
  Controller()(page)
  return page
}
