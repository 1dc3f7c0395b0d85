import { describe, expect, test } from 'vitest'
import {
  call,
  inject,
  later,
  lazy,
  Resolver,
  scoped,
  token,
  transient,
  type AnyToken,
  type Component,
  type NamedToken,
  type Outcome,
} from '../../../src/di/index.js'
import { Deferred, settled } from '../deferred.js'
import { Hooks, Failed, Next, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
const C = token<string>('c')

/** A request value that writes down when its hooks run. */
function noted(
  log: string[],
  one: NamedToken<string>,
  needs: readonly AnyToken[] = [],
  wait?: Promise<unknown>,
): Component {
  return scoped(one, [Hooks, ...needs], (hooks: Hooks) => {
    note(log, hooks, one.description)
    return wait ? wait.then(() => one.description) : one.description
  })
}

function note(log: string[], hooks: Hooks, name: string): void {
  hooks.afterHandler(() => void log.push(`${name} after handler`))
  hooks.afterResponse(() => void log.push(`${name} after response`))
}

function names(log: readonly string[]): string[] {
  return log.map((line) => line.replace(/ .*/, ''))
}

describe('hooks', () => {
  test('run after the handler and after the response, the last made first', async () => {
    const log: string[] = []
    const world = await World.of(
      inject([Hooks, C], (hooks) => {
        note(log, hooks, 'handler')
        log.push('handler runs')
        return 'done'
      }),
      { components: [noted(log, A), noted(log, B, [A]), noted(log, C, [B])] },
    )
    expect(world.run()).toBe('done')
    const made = ['handler', 'c', 'b', 'a']
    expect(log).toEqual(['handler runs', ...made.map((name) => `${name} after handler`)])
    await world.finish()
    expect(log.slice(5)).toEqual(made.map((name) => `${name} after response`))
    expect(world.reports).toEqual([])
  })

  test('know how the handler ended, and may replace the response', async () => {
    const outcomes: Outcome[] = []
    const error = new Error('no')
    const world = await World.of(
      inject([Hooks, A], (hooks, a) => {
        hooks.afterHandler((outcome) => {
          outcomes.push({ ...outcome })
          outcome.response = `replaced ${a}` as never
        })
        hooks.afterResponse((outcome) => void outcomes.push({ ...outcome }))
        if (a === 'fail') throw error
        return 'made'
      }),
      { input: A },
    )
    expect(world.run('ok')).toBe('replaced ok')
    await world.finish()
    expect(world.run('fail')).toBe('replaced fail')
    await world.finish()
    expect(outcomes).toEqual([
      { ok: true, response: 'made' },
      { ok: true, response: 'replaced ok' },
      { ok: false, error, response: new Failed(error) },
      { ok: false, error, response: 'replaced fail' },
    ])
    expect(world.reports).toEqual([error])
  })

  test('run for what was made, when something later could not be', async () => {
    for (const fail of [() => throwing(new Error('b')), () => Promise.reject(new Error('b'))]) {
      const log: string[] = []
      const world = await World.of(
        inject([A, B, C], () => log.push('handler')),
        { components: [noted(log, A), scoped(B, [A], fail), noted(log, C, [B])] },
      )
      expect(await world.run()).toEqual(new Failed(new Error('b')))
      await world.finish()
      expect(log).toEqual(['a after handler', 'a after response'])
    }
  })

  test('run for a value that failed after it registered them', async () => {
    const log: string[] = []
    const world = await World.of(
      inject([A], (a) => a),
      {
        components: [
          scoped(A, [Hooks], (hooks) => {
            note(log, hooks, 'a')
            return throwing(new Error('a'))
          }),
        ],
      },
    )
    world.run()
    await world.finish()
    expect(log).toEqual(['a after handler', 'a after response'])
  })

  test('keep the order of the plan when set-up ends in another order', async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const log: string[] = []
      const gates = [new Deferred(), new Deferred(), new Deferred()]
      const late = (one: NamedToken<string>, gate: Deferred) =>
        scoped(one, [Hooks], async (hooks) => {
          await gate.promise
          note(log, hooks, one.description)
          return one.description
        })
      const world = await World.of(
        inject([A, B, C], (...values) => values.join('')),
        { components: [A, B, C].map((one, index) => late(one, gates[index]!)) },
      )
      const run = world.run()
      for (const index of order) {
        gates[index]!.resolve()
        await settled()
      }
      expect(await run).toBe('abc')
      expect(names(log)).toEqual(['c', 'b', 'a'])
    }
  })

  test('wait for the late siblings of a value that failed, and run theirs as well', async () => {
    const log: string[] = []
    const gate = new Deferred()
    const world = await World.of(
      inject([A, B], (a) => a),
      {
        components: [
          scoped(A, [Hooks], async (hooks) => {
            await gate.promise
            note(log, hooks, 'a')
            return 'a'
          }),
          scoped(B, [], () => Promise.reject(new Error('b'))),
        ],
      },
    )
    const run = world.run()
    await settled()
    gate.resolve()
    expect(await run).toEqual(new Failed(new Error('b')))
    await world.finish()
    expect(log).toEqual(['a after handler', 'a after response'])
  })

  test('are awaited, one after the other', async () => {
    const log: string[] = []
    const gate = new Deferred()
    const world = await World.of(
      inject([Hooks], (hooks) => {
        hooks.afterHandler(() => void log.push('first registered'))
        hooks.afterHandler(async () => {
          log.push('last begins')
          await gate.promise
          log.push('last ends')
        })
        return 'done'
      }),
    )
    const run = world.run()
    await settled()
    expect(log).toEqual(['last begins'])
    gate.resolve()
    expect(await run).toBe('done')
    expect(log).toEqual(['last begins', 'last ends', 'first registered'])
  })

  test('may register more while they run', async () => {
    const log: string[] = []
    const world = await World.of(
      inject([Hooks], (hooks) => {
        hooks.afterHandler(() => {
          hooks.afterHandler(() => void log.push('nested'))
          hooks.afterResponse(() => {
            hooks.afterResponse(() => void log.push('nested in the response'))
          })
        })
        return 'done'
      }),
    )
    world.run()
    await world.finish()
    expect(log).toEqual(['nested', 'nested in the response'])
  })

  test('run for values that a lazy or later function made, before those of what they need', async () => {
    const log: string[] = []
    const store = { dump: inject([Hooks, B], (hooks: Hooks) => note(log, hooks, 'dump')) }
    const world = await World.of(
      inject([lazy(A), later(store, 'dump')], (a, dump) => {
        void dump()
        return a()
      }),
      { components: [noted(log, A, [B]), noted(log, B)] },
    )
    expect(world.run()).toBe('a')
    const places = names(log)
    expect(places.toSorted()).toEqual(['a', 'b', 'dump'])
    expect(places.at(-1)).toBe('b')
  })

  test('of a value that Resolver made run before those of what it needs, and after those of its function', async () => {
    const log: string[] = []
    const world = await World.of(
      inject([B, Hooks, Resolver], (_b, hooks, resolver) => {
        note(log, hooks, 'handler')
        return resolver.get(A)
      }),
      { components: [noted(log, A, [B, C]), noted(log, B), noted(log, C)] },
    )
    expect(world.run()).toBe('a')
    expect(names(log)).toEqual(['handler', 'a', 'c', 'b'])
  })

  test('of a planned call and of transients run in their place', async () => {
    const log: string[] = []
    const store = {
      load: inject([Hooks, B], (hooks: Hooks) => {
        note(log, hooks, 'load')
        return 'loaded'
      }),
    }
    let count = 0
    const world = await World.of(
      inject([call(store, 'load'), C, C], (...values) => values.join()),
      {
        components: [
          noted(log, B),
          transient(C, [Hooks, B], (hooks) => {
            count += 1
            note(log, hooks, `c${count}`)
            return `c${count}`
          }),
        ],
      },
    )
    expect(world.run()).toBe('loaded,c1,c2')
    expect(names(log)).toEqual(['c2', 'c1', 'load', 'b'])
  })

  test('inside a middleware run before its next() is done, those of the outermost at the end', async () => {
    const log: string[] = []
    const middleware = (name: string) =>
      inject([Next, Hooks], async (next, hooks) => {
        note(log, hooks, name)
        const result = await next()
        log.push(`${name} ends`)
        return result
      })
    const world = await World.of(
      inject([Hooks, A], (hooks) => {
        note(log, hooks, 'handler')
        return 'done'
      }),
      { middleware: [middleware('outer'), middleware('inner')], components: [noted(log, A)] },
    )
    expect(await world.run()).toBe('done')
    expect(log).toEqual([
      'handler after handler',
      'a after handler',
      'inner ends',
      'inner after handler',
      'outer ends',
      'outer after handler',
    ])
  })
})

describe('the end of the response', () => {
  test('needs a call of finish only when hooks wait for it', async () => {
    const world = await World.of(
      inject([Hooks, A], (hooks, a) => {
        if (a === 'handler') hooks.afterHandler(() => {})
        if (a === 'response') hooks.afterResponse(() => {})
      }),
      { input: A },
    )
    for (const when of ['nothing', 'handler', 'response']) world.run(when)
    expect(world.finishes.map((finish) => typeof finish)).toEqual([
      'undefined',
      'undefined',
      'function',
    ])
  })

  test('tells the hooks what cut the response, and runs them once', async () => {
    const outcomes: Outcome[] = []
    const world = await World.of(
      inject([Hooks], (hooks) => {
        hooks.afterResponse((outcome) => void outcomes.push(outcome))
        return 'sent'
      }),
    )
    world.run()
    const left = new Error('the client left')
    await world.finish(left)
    await world.finish()
    expect(outcomes).toEqual([{ ok: false, error: left, response: 'sent' }])
  })
})

function throwing(error: Error): never {
  throw error
}
