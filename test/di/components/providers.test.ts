import { describe, expect, test } from 'vitest'
import {
  all,
  inject,
  Inject,
  isSameToken,
  marker,
  optional,
  Parameter,
  forwardRef,
  scoped,
  singleton,
  token,
  transient,
  value,
  type Component,
  type Marker,
} from '../../../src/di/index.js'
import { refusal, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')

describe('components', () => {
  test('are tried in order: the first that can handle a parameter makes its value', async () => {
    const world = await World.of(
      inject([A], (a) => a),
      { components: [value(A, 'first'), value(A, 'second')] },
    )
    expect(world.run()).toBe('first')
  })

  test('are tried for each parameter when they look at more than its token, before and after those of one token', async () => {
    const ofOwner = (owner: string, made: string): Component => ({
      canHandleParameter: (parameter) => parameter.owner === owner && parameter.token === A,
      resolve: () => made,
    })
    const world = await World.of(
      inject([A], (...values) => values),
      {
        components: [
          ofOwner('special', 'for special'),
          value(A, 'for all'),
          ofOwner('late', 'never'),
        ],
      },
    )
    const special = world.add(
      'GET /special',
      inject([A], function special(a) {
        return a
      }),
    )
    const late = world.add(
      'GET /late',
      inject([A], function late(a) {
        return a
      }),
    )
    await world.injector.ready()
    expect([world.run(), special.run([]), late.run([])]).toEqual([
      ['for all'],
      'for special',
      'for all',
    ])
  })

  test('of a marker are found by an equal marker, among those of other tokens', async () => {
    const page = (): Marker<string> => marker('Page', 1)
    const world = await World.of(
      inject([page(), A, all(page())], (...values) => values),
      { components: [value(A, 'a'), value(page(), 'one'), value(B, 'b'), value(page(), 'two')] },
    )
    expect(world.run()).toEqual(['one', 'a', ['one', 'two']])
  })

  test('come before what each run brings, and before what is built in', async () => {
    const asking = inject([A, B], (...values) => values)
    const present = await World.of(asking, {
      components: [value(A, 'component a'), value(B, 'component b')],
      input: A,
    })
    expect(present.run('input a')).toEqual(['component a', 'component b'])
    const absent = await World.of(asking, { components: [value(B, 'component b')], input: A })
    expect(absent.run('input a')).toEqual(['input a', 'component b'])
  })

  test('bring companions, which stand right after them', async () => {
    const companion: Component = { ...handles(B), companions: [handles(B, 'grandchild')] }
    const world = await World.of(
      inject([all(A), all(B)], (...values) => values),
      {
        components: [
          { ...handles(A), companions: [companion, handles(A, 'companion')] },
          handles(A, 'later'),
        ],
      },
    )
    expect(world.run()).toEqual([
      ['made', 'companion', 'later'],
      ['made', 'grandchild'],
    ])
  })

  test('say by flags how long a value lives', async () => {
    let count = 0
    const counting = (flags: Partial<Component>): Component => ({
      canHandleParameter: ({ token }) => token === A,
      resolve: () => `${++count}`,
      ...flags,
    })
    const values = async (flags: Partial<Component>) => {
      count = 0
      const world = await World.of(
        inject([A, A], (...made) => made),
        { components: [counting(flags)] },
      )
      return [world.run(), world.run()]
    }
    expect(await values({})).toEqual([
      ['1', '1'],
      ['2', '2'],
    ])
    expect(await values({ isCacheable: false })).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
    expect(await values({ isSingleton: true })).toEqual([
      ['1', '1'],
      ['1', '1'],
    ])
  })

  test('are classes with an injected resolve, called on the component itself', async () => {
    class Greeting implements Component<string> {
      readonly #word = 'hello'
      canHandleParameter({ token }: Parameter): boolean {
        return token === A
      }
      @Inject(B)
      resolve(name: string): string {
        return `${this.#word} ${name}`
      }
    }
    const world = await World.of(
      inject([A], (a) => a),
      { components: [new Greeting(), value(B, 'kim')] },
    )
    expect(world.run()).toBe('hello kim')
  })

  test('may have a method named like one of ours', async () => {
    const component = { ...handles(A), select: () => 'a query of its own' }
    const world = await World.of(
      inject([A], (a) => a),
      { components: [component] },
    )
    expect(world.run()).toBe('made')
  })
})

function handles(one: typeof A, made = 'made'): Component {
  return { canHandleParameter: ({ token }) => token === one, resolve: () => made }
}

describe('all(X)', () => {
  test('gives the values of every provider, in the order of registration', async () => {
    const world = await World.of(
      inject([all(A), A], (...values) => values),
      {
        components: [
          scoped(A, [B], async (b) => `scoped ${b}`),
          singleton(A, [], async () => 'singleton'),
          transient(A, [], () => 'transient'),
          value(B, 'b'),
          value(A, 'value'),
        ],
      },
    )
    expect(await world.run()).toEqual([['scoped b', 'singleton', 'transient', 'value'], 'scoped b'])
  })

  test('is empty when nothing provides it', async () => {
    const world = await World.of(inject([all(A)], (many) => many))
    expect(world.run()).toEqual([])
  })
})

describe('optional(X)', () => {
  test('is the value, or undefined when nothing provides it', async () => {
    const world = await World.of(
      inject([optional(A), optional(B)], (...values) => values),
      { components: [value(A, 'a')] },
    )
    expect(world.run()).toEqual(['a', undefined])
  })

  test('still tells a fault inside its provider', async () => {
    const error = await refusal(
      inject([optional(A)], function show() {}),
      { components: [scoped(A, [B], (b) => b)] },
    )
    expect(error.errors.map(({ code, path }) => [code, path])).toEqual([
      ['DI_MISSING', ['show', `token('a')`, `token('b')`]],
    ])
  })
})

describe('forwardRef(() => X)', () => {
  test('is X, which may be defined later', async () => {
    const handler = inject(
      [forwardRef(() => Late), optional(forwardRef(() => A))],
      (...values) => values,
    )
    class Late {}
    const late = new Late()
    const world = await World.of(handler, { components: [value(Late, late)] })
    expect(world.run()).toEqual([late, undefined])
    expect(String(forwardRef(() => Late))).toBe('forwardRef(() => Late)')
  })
})

describe('tokens', () => {
  test('are any class: abstract ones, those of others, and two of one name', async () => {
    abstract class Store {
      abstract readonly name: string
    }
    const other = class Store {
      readonly name = 'other'
    }
    const made = { name: 'made' }
    const world = await World.of(
      inject([Store, other, URL], (...values) => values),
      {
        components: [
          value(Store, made),
          value(other, new other()),
          singleton(URL, [], () => new URL('http://a')),
        ],
      },
    )
    expect(world.run()).toEqual([made, new other(), new URL('http://a')])
  })

  test('of one description are still two', async () => {
    const again = token<string>('a')
    expect([isSameToken(A, again), isSameToken(A, A)]).toEqual([false, true])
    const error = await refusal(
      inject([again], () => 1),
      { components: [value(A, 'a')] },
    )
    expect(error.errors[0]!.remedy).toContain(
      'Something else of the same name is provided: is a defined or installed twice?',
    )
  })

  test('that are markers are the same when label and arguments are', () => {
    const pairs: [unknown[], unknown[]][] = [
      [
        ['Query', 'a'],
        ['Query', 'a'],
      ],
      [
        ['Query', Number.NaN],
        ['Query', Number.NaN],
      ],
      [
        ['Query', 'a'],
        ['Query', 'b'],
      ],
      [
        ['Query', 'a'],
        ['Param', 'a'],
      ],
      [
        ['Query', 'a'],
        ['Query', 'a', undefined],
      ],
    ]
    const same = pairs.map(([[one, ...first], [other, ...second]]) =>
      isSameToken(marker(String(one), ...first), marker(String(other), ...second)),
    )
    expect(same).toEqual([true, true, false, false, false])
    expect(isSameToken(marker('Query'), A)).toBe(false)
  })
})

test('only a component that fills a parameter can ask for Parameter', async () => {
  const error = await refusal(inject([Parameter], function show() {}))
  expect(error.errors[0]!.message).toBe(
    `DI_MISSING (GET /): parameter 0 of show asks for Parameter, but fills no parameter itself.
  show
  └─ Parameter
Only the resolve method of a component can ask for the Parameter it fills.`,
  )
})
