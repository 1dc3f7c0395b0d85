import { fn, mocked } from 'jest-mock'
import sinon from 'sinon'
import { instance, mock as mockito, when } from 'ts-mockito'
import { expect, test, vi } from 'vitest'
import { mock, mockDeep } from 'vitest-mock-extended'
import {
  App,
  Inject,
  inject,
  later,
  lazy,
  Resolver,
  route,
  scoped,
  singleton,
  value,
} from '../../../src/index.js'
import { testClient } from '../../../src/testing/index.js'

class Clock {
  now(): number {
    return 1
  }
}

interface Ticking {
  now(): number
}

class Watch {
  constructor(readonly clock: Clock) {}
}

const mocks: Record<string, () => Clock> = {
  'vi.fn': () => ({ now: vi.fn<() => number>(() => 7) }),
  'vi.mockObject': () => vi.mockObject({ now: () => 7 }, { spy: true }),
  'jest.fn': () => ({ now: mocked(fn(() => 7)) }),
  'sinon.createStubInstance': () => sinon.createStubInstance(Clock, { now: 7 }),
  'vitest-mock-extended, mock': () => {
    const clock = mock<Clock>()
    clock.now.mockReturnValue(7)
    return clock
  },
  'vitest-mock-extended, mockDeep': () => {
    const clock = mockDeep<Clock>({ funcPropSupport: true })
    clock.now.mockReturnValue(7)
    return clock
  },
  'ts-mockito, a class': () => {
    const clock = mockito(Clock)
    when(clock.now()).thenReturn(7)
    return instance(clock)
  },
  // Of an interface it has every method that is asked for, `then` too.
  'ts-mockito, an interface': () => {
    const clock = mockito<Ticking>()
    when(clock.now()).thenReturn(7)
    return instance(clock)
  },
  'an object with then': () => ({ now: () => 7, then: () => {} }) as Clock,
}

class Clerk {
  tell(clock: Clock): number {
    return clock.now()
  }
}

class Visit {
  constructor(readonly clock: Clock) {}
}

Inject(Clock)(Clerk.prototype, 'tell', Object.getOwnPropertyDescriptor(Clerk.prototype, 'tell')!)
const clerk = new Clerk()
const tell = inject([Clock, Watch], (clock, { clock: other }) =>
  clock === other ? clock.now() : 0,
)
const watch = singleton(Watch, [Clock], (clock) => new Watch(clock))
const components = [watch, scoped(Visit, [Clock], (clock) => new Visit(clock))]

/** Every way in which a value reaches a function. */
const routes = [
  route.get('/direct', [Clock], (clock) => clock.now()),
  route.get('/below', [Watch], ({ clock }) => clock.now()),
  route.get('/beside', [Clock, Watch], (clock, watch) => clock.now() + watch.clock.now()),
  route.get('/later', [later(clerk, 'tell')], (tell) => tell()),
  route.get('/lazy', [lazy(Watch)], async (make) => (await make()).clock.now()),
  route.get('/resolver', [Resolver], async (resolver) => resolver.run(tell)),
  route.get('/scoped', [Visit], ({ clock }) => clock.now()),
]

for (const [name, make] of Object.entries(mocks)) {
  test(`a mock is a value, and is not awaited: ${name} [C3]`, async () => {
    const ways = {
      override: () => {
        const app = new App({ components: [value(Clock, new Clock()), ...components], routes })
        app.override(Clock, make())
        return app
      },
      with: () =>
        new App({ components: [value(Clock, new Clock()), ...components], routes }).with([
          [Clock, make()],
        ]),
      value: () => new App({ components: [value(Clock, make()), ...components], routes }),
    }
    for (const [way, open] of Object.entries(ways)) {
      await using app = open()
      const client = testClient(app)
      const seen = await Promise.all(
        routes.map(async ({ path }) => (await client.get(path)).text()),
      )
      expect([way, ...seen]).toEqual([way, '7', '7', '14', '7', '7', '7', '7'])
    }
  })
}
