import { expect, test } from 'vitest'
import {
  describeToken,
  inject,
  Inject,
  isMarker,
  marker,
  optional,
  Parameter,
  scoped,
  singleton,
  token,
  value,
  type Component,
  type Marker,
} from '../../../src/di/index.js'
import { World } from '../world.js'

const Query = (...details: unknown[]): Marker<string> => marker('Query', ...details)
const Param = (name: string): Marker<string> => marker('Param', name)

/** Makes the values of one family of markers, and counts them. */
class Fields implements Component<string> {
  readonly label: string
  readonly seen: Parameter[] = []

  constructor(label: string) {
    this.label = label
  }

  canHandleParameter(parameter: Parameter): boolean {
    return isMarker(parameter.token, this.label)
  }

  @Inject(Parameter)
  resolve(parameter: Parameter): string {
    this.seen.push(parameter)
    return `${describeToken(parameter.token)} #${this.seen.length}`
  }
}

test('two parameters of different markers on one cacheable component get two values', async () => {
  const world = await World.of(
    inject([Query('a'), Query('b')], (a, b) => [a, b]),
    { components: [new Fields('Query')] },
  )
  expect(world.run()).toEqual([`Query('a') #1`, `Query('b') #2`])
})

test('two classes made by one cacheable component get two values', async () => {
  class Cat {}
  class Dog {}
  const zoo: Component = {
    canHandleParameter: ({ token }) => token === Cat || token === Dog,
    resolve: inject([Parameter], ({ token }) => new (token as typeof Cat)()),
  }
  const world = await World.of(
    inject([Cat, Dog, Cat], (...animals) => animals),
    { components: [zoo] },
  )
  const [one, two, three] = world.run() as object[]
  expect([one, two]).toEqual([expect.any(Cat), expect.any(Dog)])
  expect(one).toBe(three)
})

test('markers of equal label and arguments share one value per request, also across functions', async () => {
  const fields = new Fields('Query')
  const Page = token<string>('page')
  const world = await World.of(
    inject([Query('a', Number), Page, Query('a', Number)], (...values) => values),
    { components: [fields, scoped(Page, [Query('a', Number)], (a) => a)] },
  )
  expect(world.run()).toEqual(Array.from({ length: 3 }, () => `Query('a', Number) #1`))
  expect(fields.seen).toHaveLength(1)
})

test('markers differ by label, by each argument, by their number, and by being optional', async () => {
  const world = await World.of(
    inject(
      [
        Query('a'),
        Query('a', Number),
        Query('a', undefined),
        Param('a'),
        optional(Query('a')),
        Query('a', String),
      ],
      (...values) => values,
    ),
    { components: [new Fields('Query'), new Fields('Param')] },
  )
  expect(world.run()).toEqual([
    `Query('a') #1`,
    `Query('a', Number) #2`,
    `Query('a', undefined) #3`,
    `Param('a') #1`,
    `Query('a') #4`,
    `Query('a', String) #5`,
  ])
})

test('markers of one name and different emitted types get values of their own', async () => {
  class Carts {
    @Inject()
    show(
      @Query('n') text: string,
      @Query('n') count: number,
      @Query('n') again: number,
    ): unknown[] {
      return [text, count, again]
    }
  }
  const fields = new Fields('Query')
  const world = await World.of([new Carts(), 'show'], { components: [fields] })
  expect(world.run()).toEqual([`Query('n') #1`, `Query('n') #2`, `Query('n') #2`])
  expect(fields.seen.map(({ designType }) => designType)).toEqual([String, Number])
})

test('a component is given the parameter that it fills', async () => {
  const fields = new Fields('Query')
  class Carts {
    @Inject()
    show(_request: Date, @Query('n') n: number): number {
      return n
    }
  }
  const world = await World.of([Carts, 'show'], {
    components: [fields, value(Date, new Date(0)), value(Carts, new Carts())],
  })
  world.run()
  const [parameter] = fields.seen
  expect(parameter).toBeInstanceOf(Parameter)
  expect({ ...parameter, token: describeToken(parameter!.token) }).toEqual({
    token: `Query('n')`,
    index: 1,
    owner: 'Carts.show',
    name: undefined,
    isOptional: false,
    designType: Number,
  })
})

test('canHandleParameter is called with all it may need, once per parameter, and never in a request', async () => {
  const wanted: Parameter[] = []
  const Dsn = token<string>('dsn')
  const component: Component = {
    canHandleParameter(parameter) {
      wanted.push(parameter)
      return parameter.token === Dsn
    },
    resolve: () => 'dsn',
  }
  const world = await World.of(
    inject([Dsn, optional(Dsn)], (...values) => values),
    { components: [component] },
  )
  world.run()
  world.run()
  expect(wanted.map(({ token, index, isOptional }) => ({ token, index, isOptional }))).toEqual([
    { token: Dsn, index: 0, isOptional: false },
    { token: Dsn, index: 1, isOptional: true },
  ])
})

test('a component that is not cacheable makes one value per parameter', async () => {
  const fields = Object.assign(new Fields('Query'), { isCacheable: false })
  const world = await World.of(
    inject([Query('a'), Query('a')], (...values) => values),
    { components: [fields] },
  )
  expect(world.run()).toEqual([`Query('a') #1`, `Query('a') #2`])
  expect(fields.seen.map(({ index }) => index)).toEqual([0, 1])
})

test('a marker can be provided like any token, and by an equal one', async () => {
  const world = await World.of(
    inject([Query('dsn'), Query('url')], (...values) => values),
    {
      components: [value(Query('dsn'), 'postgres'), singleton(Query('url'), [], () => 'http')],
    },
  )
  expect(world.run()).toEqual(['postgres', 'http'])
})

test('a marker says what it is, in code and in messages', () => {
  class Schema {}
  const details = ['a', 1, undefined, Number, new Schema(), Object.create(null)]
  const made = marker('Body', ...details)
  expect(String(made)).toBe(`Body('a', 1, undefined, Number, Schema, object)`)
  expect(describeToken(made)).toBe(String(made))
  expect(made.details).toEqual(details)
  expect([isMarker(made), isMarker(made, 'Body'), isMarker(made, 'Query')]).toEqual([
    true,
    true,
    false,
  ])
  expect([isMarker(Schema), isMarker(token('x')), isMarker(undefined), isMarker({})]).toEqual([
    false,
    false,
    false,
    false,
  ])
})
