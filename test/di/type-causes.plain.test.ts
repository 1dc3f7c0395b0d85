import { describe, expect, test } from 'vitest'
import { App, DIError, route, singletonClass, type Component } from '../../src/index.js'
import { causeWords } from '../../src/di/graph/type-causes.js'
import { transform } from '../../src/transform/index.js'
import type { Basket as BasketType } from './fixtures/basket.js'
import { Basket } from './fixtures/basket.js'
import { Grade } from './fixtures/grade.js'
import type { Shape } from './fixtures/shapes.js'
import * as shapes from './fixtures/shapes.js'

interface Settings {
  readonly url: string
}
type Alias = { readonly url: string }
enum Level {
  Low = 'low',
}
declare class Elsewhere {
  readonly url: string
}
// oxlint-disable-next-line typescript/no-namespace -- others write them
declare namespace Shop.People {
  interface User {
    readonly name: string
  }
}
// oxlint-disable-next-line typescript/no-namespace -- as a library of schemas has it
declare namespace z {
  type infer<Schema> = Schema extends { readonly output: infer Output } ? Output : never
}
const schema = { output: { name: '' } }
const names = ['ada', 'eve'] as const
void [schema, names]

class Stand {
  constructor(readonly settings: { readonly url: string }) {}
}

const NAMED = 'name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn).'
const BODY =
  ' For the request the type is Request, for its body the token is Body(schema); what is returned is the response.'
const CLASS = `Make it a class, or ${NAMED}`
const beside = (name: string, token: string) =>
  `${CLASS} A token may have its name, in the same file: \`const ${name} = token<${name}>('${token}')\`.`
const asValue = (name: string) =>
  `Import it as a value, \`import { ${name} }\`, and keep linters from changing that; or ${NAMED}`

type Row = readonly [type: string, reason: string, remedy: string, Handler]
type Handler = (...given: never[]) => unknown

function generic<Item>(): Handler {
  return (item: Item, _beside: Basket) => item
}
function hiding(): Handler {
  const Stand = 1
  return (stand: Stand, _beside: Basket) => [stand, Stand]
}

// A class beside it has a function inside another written down.
const NO_CLASS: readonly Row[] = [
  ['Settings', 'it is an interface', beside('Settings', 'settings'), (x: Settings) => x],
  [
    'Settings | null',
    'it is an interface',
    beside('Settings', 'settings'),
    (x: Settings | null) => x,
  ],
  ['Alias', 'it is a type alias', beside('Alias', 'alias'), (x: Alias) => x],
  ['Item', 'it is a type parameter', `N${NAMED.slice(1)}`, generic()],
  [
    'BasketType',
    'it is imported as a type, by `import type`',
    asValue('BasketType'),
    (x: BasketType) => x,
  ],
  ['Shape', 'it is imported as a type, by `import type`', asValue('Shape'), (x: Shape) => x],
  [
    'shapes.Shape',
    'its module exports no value of that name, as is so with interfaces and type aliases',
    `Make it a class that its module exports, or ${NAMED}`,
    (x: shapes.Shape) => x,
  ],
  ['Level', 'it is an object, such as an enum', CLASS, (x: Level) => x],
  ['Grade', 'it is an object, such as an enum', CLASS, (x: Grade) => x],
  [
    'Elsewhere',
    'it is only declared, by `declare`',
    `Import the class that is meant, or ${NAMED}`,
    (x: Elsewhere) => x,
  ],
  [
    'Shop.People.User',
    'it is only declared, by `declare`',
    `Import the class that is meant, or ${NAMED}`,
    (x: Shop.People.User) => x,
  ],
  ['Partial<Basket>', "it is one of TypeScript's own types", CLASS, (x: Partial<Basket>) => x],
  ['Basket | URL', 'it is a union', CLASS, (x: Basket | URL) => x],
  ['Basket & URL', 'it is an intersection', CLASS, (x: Basket & URL) => x],
  ['{ name: string }', 'it is an object type', CLASS, (x: { name: string }) => x],
  [
    'z.infer<typeof schema>',
    'it is the type that a schema gives',
    CLASS,
    (x: z.infer<typeof schema>) => x,
  ],
  ['unknown', 'it is a type of many kinds of values', CLASS, (x: unknown) => x],
  ['object', 'it is a type of many kinds of values', CLASS, (x: object) => x],
  ['() => Date', 'it is a function type', CLASS, (x: () => Date) => x],
  ['(typeof names)[number]', 'it is made of another type', CLASS, (x: (typeof names)[number]) => x],
]

async function problemOf(handler: Handler, ...components: Component[]) {
  const app = new App({ routes: [route.get('/', handler)], components })
  const error: unknown = await app.ready().catch((thrown: unknown) => thrown)
  if (!(error instanceof DIError)) throw new TypeError('the application was accepted')
  const { code, problem, remedy } = error.errors[0]!
  return { code, problem, remedy }
}

describe('a type that is no class at run time is told with its one reason', () => {
  test.each(NO_CLASS)('%s: %s [C15]', async (type, reason, remedy, show) => {
    const { code, problem, remedy: told } = await problemOf(show)
    expect(code).toBe('DI_ERASED')
    expect(problem.replace(/^parameter `\w+: /, '')).toBe(
      `${type}\` of the handler of GET / cannot be injected: \`${reason.includes('union') ? type : type.replace(' | null', '')}\` is no class at run time: ${reason}.`,
    )
    expect(told).toBe(`${remedy}${BODY}`)
  })

  test('in a constructor, which has no body to take it from [C15]', async () => {
    const { remedy } = await problemOf((stand: Stand) => stand, singletonClass(Stand))
    expect(remedy).toBe('Make it a class, or name its token: @Inject(Token, …) on the class.')
  })

  const RESPONSE =
    'A handler is given no response: what it returns is sent, and Reply takes headers and cookies for it.'
  test.each<[string, string, Handler]>([
    [
      'next',
      'What runs next in a middleware has the type Next.',
      (next: unknown, _beside: Basket) => next,
    ],
    ['res', RESPONSE, (res: unknown, _beside: Basket) => res],
    ['response', RESPONSE, (response: unknown, _beside: Basket) => response],
  ])('of what other frameworks give, by its name: %s', async (_, advice, fn) => {
    expect((await problemOf(fn)).remedy).toBe(`${CLASS} ${advice}`)
  })

  test.each([
    ['data', 'it is imported as data, by `with { … }`', `N${NAMED.slice(1)}`],
    [
      'require',
      'it is imported by `import … = require(…)`',
      `Import it by \`import … from\`, or ${NAMED}`,
    ],
    ['function', 'it is a function', `Make it a class, or ${NAMED}`],
  ])('whatever finds it: %s [C15]', (cause, reason, remedy) => {
    const list = (wanted: string) =>
      `name its token: inject([${wanted}, …], fn), or route.get(path, [${wanted}, …], fn)`
    expect(causeWords(cause, 'settings.A', list)).toEqual({
      why: `\`settings.A\` is no class at run time: ${reason}`,
      remedy,
    })
  })

  /* oxlint-disable typescript/no-wrapper-object-types -- the mistake itself */
  test.each([
    ['Number', (x: Number) => x],
    ['String', (x: String) => x],
    ['Boolean', (x: Boolean) => x],
    /* oxlint-enable typescript/no-wrapper-object-types */
  ])('the capital of a primitive: %s [C15]', async (type, show) => {
    const small = type.toLowerCase()
    expect(await problemOf(show)).toEqual({
      code: 'DI_ERASED',
      problem: `parameter \`x: ${type}\` of the handler of GET / cannot be injected: \`${type}\` is no class at run time: it is the type of objects around a ${small}.`,
      remedy: `Write \`${small}\`, with a small letter.${BODY}`,
    })
  })

  test('a nearer variable that hides it [C15]', async () => {
    const { problem, remedy } = await problemOf(hiding())
    expect(problem).toContain('`Stand` is no class at run time: a nearer variable has its name.')
    expect(remedy).toBe(`Give the variable another name, or ${NAMED}`)
  })

  test.each([
    [`import settings from './a.json' with { type: 'json' }`, 'data'],
    [`import settings = require('./a.cjs')`, 'require'],
    [`import { type settings } from './a.js'`, 'import type'],
    [`import type { settings } from './a.js'`, 'import type'],
    [`declare enum settings {}`, 'declared'],
    [`namespace settings {}`, undefined],
    [`import * as settings from './a.js'`, undefined],
  ])('which the transform hands on: %s [C15]', (declared, cause) => {
    const { code } = transform(`${declared}\nexport function show(x: settings.A) {}`, 'a.ts')!
    const [, emitted] = /\["x","settings\.A",0,[^\]]*?(?:,"([^"]+)")?\]/.exec(code)!
    expect(emitted).toBe(cause)
  })
})

describe('a class that is not defined yet while the application is checked', () => {
  test('further down in its file [C15]', async () => {
    const problem = problemOf((late: Late) => late)
    class Late {}
    expect(await problem).toEqual({
      code: 'DI_ERASED',
      problem:
        'parameter `late: Late` of the handler of GET / cannot be injected: `Late` is a class further down in its file, which is not defined yet.',
      remedy:
        'Make the application after it, or name forwardRef(() => X): inject([forwardRef(() => X), …], fn), or route.get(path, [forwardRef(() => X), …], fn).',
    })
    expect(Late.name).toBe('Late')
  })

  test('of a module that imports this one back [C15]', async () => {
    const show = (one: unknown) => one
    const module = {
      get Late(): never {
        throw new ReferenceError("Cannot access 'Late' before initialization")
      },
    }
    // As the transform emits the class of an import; the module runner of these tests gives Object for one in a cycle.
    const key = 'Late'
    const late = () => module[key]
    const emitted = (globalThis as unknown as Record<symbol, WeakMap<object, unknown>>)[
      Symbol.for('ingot.parameters')
    ]!
    emitted.set(show, () => [['late', 'Late', 0, late]])
    expect(await problemOf(show)).toEqual({
      code: 'DI_ERASED',
      problem:
        'parameter `late: Late` of show cannot be injected: `Late` is not defined yet: its module and another import each other.',
      remedy:
        'Break the import cycle, or name forwardRef(() => X): inject([forwardRef(() => X), …], fn), or route.get(path, [forwardRef(() => X), …], fn).',
    })
  })
})
