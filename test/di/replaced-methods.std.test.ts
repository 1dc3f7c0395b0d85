import { expect, test } from 'vitest'
import { App, Controller, Get, Inject, Post, Query } from '../../src/index.js'
import { refusalOf } from './world.js'

/** Replaces a method by one that hands on what it is given. */
function Log<This, Given extends unknown[]>(
  method: (this: This, ...given: Given) => string,
  _context: ClassMethodDecoratorContext,
) {
  return function (this: This, ...given: Given): string {
    return `logged ${method.apply(this, given)}`
  }
}

test('a route stays where another decorator replaces the method, with its list [C5]', async () => {
  @Controller('/pages')
  class Pages {
    @Log
    @Get('/above')
    @Inject(Query('n'))
    above(n: string): string {
      return n
    }
    @Post('/below')
    @Log
    @Inject(Query('n'))
    below(n: string): string {
      return n
    }
    @Log
    @Get('/none')
    none() {
      return 'none'
    }
  }
  @Controller('/more')
  class More extends Pages {}
  const app = new App({ routes: [Pages, More] })
  const text = async (path: string, method: string) => {
    const response = await app.fetch(new Request(`http://localhost${path}?n=1`, { method }))
    return response.text()
  }
  expect(await text('/pages/above', 'GET')).toBe('logged 1')
  expect(await text('/pages/below', 'POST')).toBe('logged 1')
  expect(await text('/more/above', 'GET')).toBe('logged 1')
  expect(await text('/pages/none', 'GET')).toBe('logged none')
})

/** As TypeScript calls a decorator when there is no `Symbol.metadata`. */
function withoutMetadata(
  decorate: (method: Function, context: ClassMethodDecoratorContext) => void,
) {
  return (method: Function, context: ClassMethodDecoratorContext): void => {
    const bare: object = {
      ...context,
      metadata: undefined,
      addInitializer: (initialize: (this: unknown) => void) => context.addInitializer(initialize),
    }
    decorate(method, bare as ClassMethodDecoratorContext)
  }
}

test('a compiler without metadata loses it, which is told with the line to move [C5]', async () => {
  @Controller()
  class Pages {
    @Log
    @withoutMetadata(Get('/lost'))
    lost() {
      return 'lost'
    }
    @withoutMetadata(Get('/kept'))
    kept() {
      return 'kept'
    }
  }
  const { errors } = await refusalOf(new App({ routes: [Pages] }).ready())
  expect(errors.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([
    [
      'DI_CONSTRUCTION',
      "Pages.lost has lost its route: a decorator above @Get('/lost') replaces the method. Write @Get('/lost') above it.",
    ],
  ])

  @Controller()
  class Kept {
    @withoutMetadata(Get('/kept'))
    kept() {
      return 'kept'
    }
  }
  @Controller('/more')
  class More extends Kept {
    override kept() {
      return 'more'
    }
    @withoutMetadata(Get('/own'))
    own() {
      return 'own'
    }
  }
  const app = new App({ routes: [Kept, More] })
  const text = async (path: string) =>
    (await app.fetch(new Request(`http://localhost${path}`))).text()
  expect(await text('/kept')).toBe('kept')
  expect(await text('/more/own')).toBe('own')
})

test.each([
  ['@Get', Get, "write @Get() or @Get('/path')."],
  ['@Inject', Inject, 'write @Inject() there.'],
])('a decorator without its parentheses is refused: %s [C5]', (name, maker, words) => {
  const bare = maker as unknown as (method: Function, context: ClassMethodDecoratorContext) => void
  expect(() => {
    class Pages {
      @bare
      show() {}
    }
    return Pages
  }).toThrow(new TypeError(`${name} on show lacks its parentheses: ${words}`))
})
