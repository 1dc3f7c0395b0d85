import 'reflect-metadata'
import { Lifecycle, scoped as scopedClass } from 'tsyringe'
import { describe, expect, test } from 'vitest'
import {
  all,
  inject,
  lazy,
  Resolver,
  scoped,
  token,
  transient,
  type Component,
} from '../../../src/di/index.js'
import { Deferred, settled } from '../deferred.js'
import { Failed, Hooks, Next, World } from '../world.js'

const [A, B, C] = [token<string>('a'), token<string>('b'), token<string>('c')]
const [Alone, Between] = [token<string>('alone'), token<string>('between')]

describe('the order in which values end', () => {
  test('what a value makes later, and that needs the value itself, ends before it', async () => {
    const log: string[] = []
    const dispose = (name: string) => void log.push(name)
    const Owner = token<{ readonly late: () => unknown }>('owner')
    const world = await World.of(
      inject([Owner, B], (owner) => owner.late()),
      {
        components: [
          scoped(Owner, [lazy(A)], (late) => ({ late }), { dispose: () => dispose('owner') }),
          scoped(A, [Owner], () => 'late', { dispose }),
          scoped(B, [Owner], () => 'beside', { dispose }),
        ],
      },
    )
    expect(await world.run()).toBe('late')
    await world.finish()
    expect(log.toSorted()).toEqual(['beside', 'late', 'owner'])
    expect(log.at(-1)).toBe('owner')
  })

  test.each([
    ['the one that needs the other first', [B, A]],
    ['the one that is needed first', [A, B]],
  ] as const)('values that only a Resolver reached: %s', async (_, order) => {
    const log: string[] = []
    const dispose = (name: string) => void log.push(name)
    const world = await World.of(
      inject([Resolver], async (resolver) => {
        for (const one of order) await resolver.get(one)
        return resolver.get(C)
      }),
      {
        components: [
          scoped(A, [], () => 'needed', { dispose }),
          scoped(B, [A], () => 'needs it', { dispose }),
          scoped(C, [A, B], () => 'needs both', { dispose }),
        ],
      },
    )
    expect(await world.run()).toBe('needs both')
    await world.finish()
    expect(log).toEqual(['needs both', 'needs it', 'needed'])
  })
})

test('a hook that a value registers when it is used runs after those of its user, also where only a Resolver reached both', async () => {
  const log: string[] = []
  const Transaction = token<{ begin(): void }>('transaction')
  const world = await World.of(
    inject([Resolver], (resolver) => resolver.get(B)),
    {
      components: [
        scoped(Transaction, [Hooks], (hooks) => ({
          begin: () => hooks.afterHandler(() => void log.push('commit')),
        })),
        scoped(B, [Transaction, Hooks], (transaction, hooks) => {
          hooks.afterHandler(() => void log.push('flush'))
          transaction.begin()
          return 'b'
        }),
      ],
    },
  )
  await world.run()
  expect(log).toEqual(['flush', 'commit'])
})

describe('an error of next() that a middleware catches', () => {
  const failing = () => {
    throw new Error('no')
  }
  const catching = inject([Next], async (next) => {
    try {
      return await next({ errors: 'throw' })
    } catch (error) {
      return `caught ${(error as Error).message}`
    }
  })

  test.each([
    ['without hooks', []],
    ['with a hook', [scoped(A, [Hooks], (hooks) => (hooks.afterHandler(() => {}), 'a'))]],
    [
      'with a hook for the end',
      [scoped(A, [Hooks], (hooks) => (hooks.afterResponse(() => {}), 'a'))],
    ],
  ])('is reported to nobody: %s', async (_, components) => {
    const handler = components.length > 0 ? inject([A], failing) : inject([], failing)
    const world = await World.of(handler, { middleware: [catching], components })
    expect(await world.run()).toBe('caught no')
    await world.finish()
    expect(world.reports).toEqual([])
  })
})

describe('values that are made side by side', () => {
  test('an exclusive one below a transient runs alone', async () => {
    const gate = new Deferred()
    const log: string[] = []
    const made = (name: string) => async () => {
      log.push(`${name} begins`)
      await gate.promise
      log.push(`${name} ends`)
      return name
    }
    const world = await World.of(
      inject([A, B, C], (...values: string[]) => values.join()),
      {
        components: [
          scoped(A, [], made('a')),
          transient(B, [Alone], (below) => below),
          scoped(Alone, [], made('exclusive'), { isExclusive: true }),
          scoped(C, [], made('c')),
        ],
      },
    )
    const running = world.run()
    await settled()
    gate.resolve()
    expect(await running).toBe('a,exclusive,c')
    const begins = log.indexOf('exclusive begins')
    expect(log[begins + 1]).toBe('exclusive ends')
    expect(log.slice(0, begins).filter((line) => line.endsWith('begins'))).toHaveLength(
      log.slice(0, begins).filter((line) => line.endsWith('ends')).length,
    )
  })

  test.each([
    ['a transient of it is exclusive', [Alone]],
    ['one two steps below is', [Between]],
  ] as const)('one that may be made on demand runs alone where %s', async (_, needed) => {
    const log: string[] = []
    const made = (name: string) => async () => {
      log.push(`${name} begins`)
      await settled()
      log.push(`${name} ends`)
      return name
    }
    const alone: Component = {
      isCacheable: false,
      isExclusive: true,
      canHandleParameter: ({ token: asked }) => asked === Alone,
      resolve: made('exclusive'),
    }
    const world = await World.of(
      // With a Resolver, every value may be made on demand.
      inject([A, B, C, Resolver], (...values) => values.slice(0, 3).join()),
      {
        components: [
          scoped(A, [], made('a')),
          scoped(B, needed, (below) => below),
          transient(Between, [Alone], (below) => below),
          alone,
          scoped(C, [], made('c')),
        ],
      },
    )
    expect(await world.run()).toBe('a,exclusive,c')
    expect(log[log.indexOf('exclusive begins') + 1]).toBe('exclusive ends')
    const before = log.slice(0, log.indexOf('exclusive begins'))
    expect(before.filter((line) => line.endsWith('begins'))).toHaveLength(before.length / 2)
  })

  test('a class, which never waits, is built before those that may', async () => {
    const log: string[] = []
    @scopedClass(Lifecycle.ContainerScoped)
    class Built {
      readonly order = log.push('class')
    }
    const asked = async () => {
      log.push('asked')
      return 'a'
    }
    const world = await World.of(
      inject([A, Built], (a) => a),
      { components: [scoped(A, [], asked)] },
    )
    expect(await world.run()).toBe('a')
    expect(log).toEqual(['class', 'asked'])
  })

  test('a synchronous one beside one that waits is made meanwhile', async () => {
    const gate = new Deferred()
    const log: string[] = []
    const world = await World.of(
      inject([A, B], (...values: string[]) => values.join()),
      {
        components: [
          scoped(A, [], async () => {
            await gate.promise
            log.push('a')
            return 'a'
          }),
          scoped(B, [], () => (log.push('b'), 'b')),
        ],
      },
    )
    const running = world.run()
    gate.resolve()
    expect(await running).toBe('a,b')
    expect(log).toEqual(['b', 'a'])
  })

  test('all of them may wait, and one of them may fail at once', async () => {
    const world = await World.of(
      inject([all(A)], (values) => values.join()),
      {
        components: [
          scoped(A, [], async () => '1'),
          scoped(A, [], () => '2'),
          scoped(A, [], async () => '3'),
        ],
      },
    )
    expect(await world.run()).toBe('1,2,3')
  })
})

test('a middleware may return a promise of a promise', async () => {
  const outer = inject([Next], (next) => {
    return { then: (resolve: (value: unknown) => void) => resolve(next()) }
  })
  const world = await World.of(() => 'inside', { middleware: [outer] })
  expect(await world.run()).toBe('inside')
  const failing = await World.of(
    () => {
      throw new Error('no')
    },
    { middleware: [inject([Next], (next) => Promise.resolve(next({ errors: 'throw' })))] },
  )
  expect(await failing.run()).toBeInstanceOf(Failed)
})
