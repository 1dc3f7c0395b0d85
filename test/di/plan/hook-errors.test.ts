import { CLOSED, HookList } from '../../../src/di/plan/hook-list.js'
import { describe, expect, test } from 'vitest'
import {
  inject,
  lazy,
  scoped,
  token,
  type AnyToken,
  type Component,
  type NamedToken,
} from '../../../src/di/index.js'
import { Hooks, Failed, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
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

describe('an error of a hook', () => {
  const failing = (...messages: string[]) =>
    inject([Hooks, A], (hooks, a) => {
      for (const message of messages) hooks.afterHandler(() => throwing(new Error(message)))
      for (const message of messages)
        hooks.afterResponse(() => Promise.reject(new Error(`late ${message}`)))
      if (a === 'fail') throw new Error('handler')
      return 'done'
    })

  test('fails a request that had gone well', async () => {
    const world = await World.of(failing('hook'), { input: A })
    expect(world.run('ok')).toEqual(new Failed(new Error('hook')))
    expect(world.reports).toEqual([new Error('hook')])
  })

  test('does not keep the other hooks from running, and each gets the error before it', async () => {
    const seen: unknown[] = []
    const world = await World.of(
      inject([Hooks], (hooks) => {
        hooks.afterHandler((outcome) => void seen.push(outcome.ok || outcome.error))
        hooks.afterHandler(() => Promise.reject(new Error('hook')))
        hooks.afterHandler((outcome) => void seen.push(outcome.ok))
      }),
    )
    await world.run()
    expect(seen).toEqual([true, new Error('hook')])
  })

  test('is joined to the error of the handler, which stays the cause and the answer', async () => {
    const world = await World.of(failing('second', 'first'), { input: A })
    expect(world.run('fail')).toEqual(new Failed(new Error('handler')))
    const [joined] = world.reports as AggregateError[]
    expect(joined).toBeInstanceOf(AggregateError)
    expect(joined!.name).toBe('JoinedErrors')
    expect(joined!.message).toBe('a request failed, and 2 of its hooks as well')
    expect(joined!.errors).toEqual([new Error('handler'), new Error('first'), new Error('second')])
    expect(joined!.cause).toBe(joined!.errors[0])
    expect(world.reports).toHaveLength(1)
  })

  test('after the response is reported, and changes nothing that was sent', async () => {
    const world = await World.of(failing('second', 'first'), { input: A })
    const one = await World.of(
      inject([Hooks], (hooks) => {
        hooks.afterResponse(() => throwing(new Error('late')))
        return 'done'
      }),
    )
    expect(one.run()).toBe('done')
    await one.finish()
    expect(one.reports).toEqual([new Error('late')])
    world.run('fail')
    await world.finish()
    const joined = world.reports[1] as AggregateError
    expect(joined.message).toBe('2 hooks failed after the response')
    expect(joined.errors).toEqual([new Error('late first'), new Error('late second')])
  })
})

describe('a hook that is registered too late', () => {
  const keeping = inject([Hooks, A], (hooks, a) => {
    if (a === 'fail') throw Object.assign(new Error('no'), { hooks })
    return hooks
  })

  test('is refused, not forgotten: after a run without hooks, failed or not', async () => {
    const world = await World.of(keeping, { input: A })
    const hooks = world.run('ok') as Hooks
    const failed = world.run('fail') as Failed
    for (const kept of [hooks, (failed.error as { hooks: Hooks }).hooks]) {
      expect(() => kept.afterHandler(() => {})).toThrow(
        new Error('Hooks.afterHandler was called after its hooks had run'),
      )
      expect(() => kept.afterResponse(() => {})).toThrow(
        new Error('Hooks.afterResponse was called after its hooks had run'),
      )
    }
  })

  test('is refused each time that a value would be ended, and the list of all such runs keeps none', () => {
    const value = {}
    expect([CLOSED.claim(value), CLOSED.claim(value)]).toEqual([true, true])
    const open = new HookList()
    expect([open.claim(value), open.claim(value)]).toEqual([true, false])
  })

  test('is refused after the hooks of its time had run', async () => {
    let kept: Hooks | undefined
    const world = await World.of(
      inject([Hooks], (hooks) => {
        kept = hooks
        hooks.afterHandler(() => {})
        hooks.afterResponse(() => {})
      }),
    )
    world.run()
    expect(() => kept!.afterHandler(() => {})).toThrow(/afterHandler was called after/)
    const log: string[] = []
    kept!.afterResponse(() => void log.push('while the response was sent'))
    await world.finish()
    expect(log).toEqual(['while the response was sent'])
    expect(() => kept!.afterResponse(() => {})).toThrow(/afterResponse was called after/)
  })
})

describe('a value that is disposed', () => {
  const Db = token<{ name: string }>('db')

  test('is ended after the response, after what depends on it, on success and on error', async () => {
    const log: string[] = []
    const dispose = (value: unknown) => void log.push(`dispose ${(value as { name: string }).name}`)
    for (const a of ['ok', 'fail']) {
      const world = await World.of(
        inject([Db, B, A], (_db, _b, how) => {
          if (how === 'fail') throw new Error('no')
        }),
        {
          input: A,
          components: [
            scoped(Db, [], async () => ({ name: 'db' }), { dispose }),
            noted(log, B, [Db]),
          ],
        },
      )
      await world.run(a)
      log.splice(0)
      await world.finish()
      expect(log).toEqual(['b after response', 'dispose db'])
    }
  })

  test('is ended when something later failed, and not when it could not be made', async () => {
    const log: unknown[] = []
    const dispose = (value: unknown) => void log.push(value)
    const world = await World.of(
      inject([A, B], (a) => a),
      {
        components: [
          scoped(A, [], () => 'a', { dispose }),
          scoped(B, [A], () => throwing(new Error('b')), { dispose }),
        ],
      },
    )
    world.run()
    await world.finish()
    expect(log).toEqual(['a'])
  })

  test('is ended when it was made lazily, even by a hook after the response', async () => {
    const log: unknown[] = []
    const world = await World.of(
      inject([lazy(A), lazy(B), Hooks], (a, b, hooks) => {
        hooks.afterResponse(() => void b())
        return a()
      }),
      {
        components: [
          scoped(A, [], () => 'a', { dispose: (value) => log.push(value) }),
          scoped(B, [], () => 'b', { dispose: (value) => log.push(value) }),
        ],
      },
    )
    expect(world.run()).toBe('a')
    await world.finish()
    expect(log).toEqual(['b', 'a'])
  })
})

function throwing(error: Error): never {
  throw error
}
