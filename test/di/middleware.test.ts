import { expect, test } from 'vitest'
import {
  callable,
  inject,
  Inject,
  Injector,
  lazy,
  optional,
  scoped,
  singleton,
  token,
  value,
  type Component,
  type NamedToken,
} from '../../src/di/index.js'
import { settled } from './deferred.js'
import { Hooks, Failed, Next, refusal, World } from './world.js'

const User = token<string>('user')
const Db = token<string>('db')
const Page = token<string>('page')

function noted(log: string[], one: NamedToken<string>): Component {
  return scoped(one, [], () => {
    log.push(`make ${one.description}`)
    return one.description
  })
}

test('a middleware that responds by itself makes nothing for the functions after it', async () => {
  const log: string[] = []
  const guard = inject([Next, User], (next, user) => (user === 'kim' ? next() : 'refused'))
  const second = inject([Next, Page], (next) => next())
  const world = await World.of(
    inject([Db], (db) => `handled with ${db}`),
    {
      middleware: [guard, second],
      input: User,
      components: [noted(log, Db), noted(log, Page)],
    },
  )
  expect(world.run('eve')).toBe('refused')
  expect(log).toEqual([])
  expect(await world.run('kim')).toBe('handled with db')
  expect(log).toEqual(['make page', 'make db'])
})

test('what a middleware made is used by all after it', async () => {
  let count = 0
  const Counter = token<number>('counter')
  const counting = inject([Next, Counter], async (next, counter) => [counter, await next()])
  const world = await World.of(
    inject([Counter], (counter) => counter),
    { middleware: [counting, counting], components: [scoped(Counter, [], async () => ++count)] },
  )
  expect(await world.run()).toEqual([1, [1, 1]])
  expect(await world.run()).toEqual([2, [2, 2]])
})

test('middleware runs from the outermost to the handler and back', async () => {
  const log: string[] = []
  const around = (name: string) =>
    inject([Next], async (next) => {
      log.push(`${name} begins`)
      const result = await next()
      log.push(`${name} ends`)
      return `${name}(${String(result)})`
    })
  const world = await World.of(
    inject([], () => String(log.push('handler'))),
    { middleware: [around('outer'), around('inner')] },
  )
  expect(await world.run()).toBe('outer(inner(3))')
  expect(log).toEqual(['outer begins', 'inner begins', 'handler', 'inner ends', 'outer ends'])
})

test('next() gives a promise, also of a handler that is synchronous or throws', async () => {
  const error = new Error('no')
  const seen: unknown[] = []
  const world = await World.of(
    inject([User], (user) => {
      if (user === 'eve') throw error
      return user
    }),
    {
      input: User,
      middleware: [
        inject([Next], async (next) => {
          const rest = next()
          seen.push(rest)
          return rest
        }),
      ],
    },
  )
  expect(await world.run('kim')).toBe('kim')
  expect(await world.run('eve')).toEqual(new Failed(error))
  expect(seen).toEqual([expect.any(Promise), expect.any(Promise)])
})

test('the error of the handler, or of a value it needs, can be caught where a middleware asks for it', async () => {
  for (const handler of [
    inject([], () => Promise.reject(new Error('handler'))),
    inject([Db], (db) => db),
  ]) {
    const world = await World.of(handler, {
      components: [
        scoped(Db, [], () => {
          throw new Error('db')
        }),
      ],
      middleware: [
        inject([Next], async (next) => {
          try {
            return await next({ errors: 'throw' })
          } catch (error) {
            return `answered ${String(error)}`
          }
        }),
      ],
    })
    expect(await world.run()).toMatch(/^answered Error: (handler|db)$/)
    expect(world.reports).toEqual([])
  }
})

test('next() gives a middleware the result of what failed inside, and the run has failed', async () => {
  const error = new Error('no')
  const seen: unknown[] = []
  const seeing = inject([Next], async (next) => {
    const result = await next()
    seen.push(result)
    return result
  })
  for (const inside of [[], [inject([Next], () => Promise.reject(error))]]) {
    const handler = inject([Hooks], (hooks) => {
      hooks.afterHandler(({ ok }) => void seen.push(ok))
      throw error
    })
    const world = await World.of(handler, { middleware: [seeing, ...inside] })
    expect(await world.run()).toEqual(new Failed(error))
    expect(world.reports).toEqual([error])
  }
  expect(seen).toEqual([false, new Failed(error), new Failed(error)])
})

test('the hooks inside a middleware have run when next() is done, and it is given what they made', async () => {
  const error = new Error('not stored')
  const log: string[] = []
  const seeing = (name: string) =>
    inject([Hooks, Next], async (hooks, next) => {
      hooks.afterHandler(() => void log.push(`hook of ${name}`))
      const result = await next()
      log.push(`${name} got ${result instanceof Failed ? 'a failure' : String(result)}`)
      return result
    })
  const handler = inject([Hooks], (hooks) => {
    hooks.afterHandler(() => void log.push('hook of the handler'))
    hooks.afterHandler(() => Promise.reject(error))
    return 'done'
  })
  const world = await World.of(handler, { middleware: [seeing('outer'), seeing('inner')] })
  expect(await world.run()).toEqual(new Failed(error))
  expect(log).toEqual([
    'hook of the handler',
    'inner got a failure',
    'hook of inner',
    'outer got a failure',
    'hook of outer',
  ])
  expect(world.reports).toEqual([error])
})

test('a middleware that fails after what it called for has failed tells both errors, once', async () => {
  const [first, second] = [new Error('first'), new Error('second')]
  const world = await World.of(
    inject([], () => Promise.reject(first)),
    {
      middleware: [
        inject([Next], (next) => next()),
        inject([Next], async (next) => {
          await next()
          throw second
        }),
      ],
    },
  )
  expect(await world.run()).toEqual(new Failed(second))
  expect(world.reports).toEqual([
    expect.objectContaining({ errors: [first, second], cause: first }),
  ])
})

test('a middleware that returns nothing after next() passes on its result, awaited or not [D9]', async () => {
  const silent = [
    inject([Next], async (next) => void (await next())),
    inject([Next], (next) => void next()),
    inject([Next], async (next) => void (await next({ errors: 'throw' }))),
  ]
  for (const middleware of silent) {
    const world = await World.of(
      inject([], () => Promise.resolve('done')),
      { middleware: [...silent, middleware] },
    )
    expect(await world.run()).toBe('done')
  }
  const unaware = await World.of(
    inject([], () => 'done'),
    { middleware: [inject([Next], () => undefined)] },
  )
  expect(await unaware.run()).toBeUndefined()
})

test('an error of the middleware fails the request', async () => {
  const error = new Error('no')
  const world = await World.of(
    inject([], () => 'done'),
    {
      middleware: [
        inject([Next], async (next) => {
          await next()
          throw error
        }),
      ],
    },
  )
  expect(await world.run()).toEqual(new Failed(error))
  expect(world.reports).toEqual([error])
})

test('next() may be called once', async () => {
  let count = 0
  const world = await World.of(
    inject([], () => ++count),
    {
      middleware: [
        inject([Next], async (next) => {
          await next()
          return next()
        }),
      ],
    },
  )
  expect(await world.run()).toEqual(
    new Failed(new Error('next() was called twice: the rest of a request runs once')),
  )
  expect(count).toBe(1)
})

test('what each function returns is made a result before the middleware around it sees it', async () => {
  const injector = new Injector({ components: [], next: Next })
  const around = inject([Next], async (next) => `around ${String(await next())}`)
  const plan = injector.plan([callable(around), callable(() => 'handler')], {
    name: 'GET /',
    resultHandler: {
      value: (made) => `<${String(made)}>`,
      error: String,
      report: () => {},
      complete: (result) => result,
    },
  })
  await injector.ready()
  expect(await plan.run()).toBe('<around <handler>>')
})

test('the class of a middleware method is injected like that of a handler', async () => {
  class Guard {
    readonly #name: string
    constructor(name: string) {
      this.#name = name
    }
    @Inject(Next, User)
    async check(next: () => Promise<unknown>, user: string): Promise<unknown> {
      return `${this.#name} let ${user} through: ${String(await next())}`
    }
  }
  const world = await World.of(
    inject([], () => 'done'),
    {
      middleware: [[Guard, 'check']],
      components: [singleton(Guard, [], () => new Guard('guard')), value(User, 'kim')],
    },
  )
  expect(await world.run()).toBe('guard let kim through: done')
})

test('a middleware that does not wait for the rest ends the request, and late hooks are refused', async () => {
  const world = await World.of(
    inject([Hooks], async (hooks) => {
      await settled()
      hooks.afterHandler(() => {})
    }),
    {
      middleware: [
        inject([Next], (next) => {
          void next()
          return 'at once'
        }),
      ],
    },
  )
  expect(world.run()).toBe('at once')
  await settled()
  await settled()
  expect(world.reports).toEqual([
    new Error('Hooks.afterHandler was called after its hooks had run'),
  ])
})

test('Next in the handler is refused, for nothing is left to run', async () => {
  const error = await refusal(inject([Next], function show() {}))
  expect(error.message).toBe(
    `The application cannot be wired: 1 problem.

1. DI_MISSING (GET /): show asks for Next, but it is the last function: nothing is left to run.
     show
     └─ Next
   Ask for Next in middleware only.`,
  )
  const hidden = await refusal(inject([optional(Next)], function show() {}))
  expect(hidden.errors.map(({ code }) => code)).toEqual(['DI_MISSING'])
})

test('Next in a component, or deferred, is refused: it belongs to the middleware itself', async () => {
  const guarding = scoped(User, [Next], () => 'kim')
  for (const options of [
    { components: [guarding], middleware: [inject([User, Next], (_user, next) => next())] },
    { middleware: [inject([lazy(Next)], () => 'done')] },
  ]) {
    const error = await refusal(
      inject([], () => 1),
      options,
    )
    expect(error.errors.map(({ code }) => code)).toEqual(['DI_MISSING'])
    expect(error.errors[0]!.remedy).toBe('Only a middleware can ask for Next, and only as it is.')
  }
})
