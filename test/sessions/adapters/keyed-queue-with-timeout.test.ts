import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fromUnstorage, SessionOptionError, SessionStoreError } from 'ingot'
import { createStorage } from 'unstorage'
import { describe, expect, test } from 'vitest'
import type { Timer } from '../../../src/sessions/calls/deadline.js'
import { KeyedQueueWithTimeout } from '../../../src/sessions/adapters/keyed-queue-with-timeout.js'

/** Timers that fire when the test says so. */
function timers() {
  const waiting = new Map<number, { run: () => void; milliseconds: number }>()
  let count = 0
  const timer: Timer = {
    set: (run, milliseconds) => {
      waiting.set((count += 1), { run, milliseconds })
      return count
    },
    clear: (handle) => waiting.delete(handle as number),
  }
  const after = async (milliseconds: number) => {
    for (const [handle, one] of waiting) {
      if (one.milliseconds <= milliseconds) {
        waiting.delete(handle)
        one.run()
      }
    }
    // A timer waits a turn, so that a reply that has already arrived wins.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  }
  return { timer, after, waiting }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of the heap that are in use when all garbage is collected. */
function heapUsed(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** Work that ends when the test calls `end`. */
function work() {
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const log: string[] = []
  const run = (name: string) => async (assertInTime: () => void) => {
    log.push(`${name} reads`)
    await ended
    assertInTime()
    log.push(`${name} writes`)
    return name
  }
  return { run, end, log }
}

/** What a promise is rejected with. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('KeyedQueueWithTimeout', () => {
  test('work on one key runs one after the other, on two keys in parallel', async () => {
    const queue = new KeyedQueueWithTimeout({})
    const { run, end, log } = work()
    const all = [
      queue.run('do', 'a', run('1')),
      queue.run('do', 'a', run('2')),
      queue.run('do', 'b', run('3')),
    ]
    await new Promise(setImmediate)
    expect(log).toEqual(['1 reads', '3 reads'])
    end()
    expect(await Promise.all(all)).toEqual(['1', '2', '3'])
    expect(log.filter((line) => !line.startsWith('3'))).toEqual([
      '1 reads',
      '1 writes',
      '2 reads',
      '2 writes',
    ])
  })

  test('work that takes too long rejects at the timeout, and writes nothing afterwards [R7]', async () => {
    const { timer, after, waiting } = timers()
    const queue = new KeyedQueueWithTimeout({ timeoutMs: 100, timer })
    const { run, end, log } = work()
    const late = failureOf(queue.run('patch', 'a', run('1')))
    await new Promise(setImmediate)
    await after(100)
    const failure = (await late) as SessionStoreError
    expect(failure).toBeInstanceOf(SessionStoreError)
    expect(failure.message).toBe('the store did not patch within 100 ms')
    expect(failure.reason).toBe('timeout')
    end()
    await new Promise(setImmediate)
    expect(log).toEqual(['1 reads'])
    expect(waiting.size).toBe(0)
  })

  test('the next call begins only after a write that timed out has ended [R5]', async () => {
    const { timer, after } = timers()
    const queue = new KeyedQueueWithTimeout({ timeoutMs: 100, timer })
    const log: string[] = []
    let land = () => {}
    const slow = queue.run('patch', 'a', async (assertInTime) => {
      assertInTime()
      await new Promise<void>((resolve) => (land = resolve))
      log.push('the write lands')
    })
    const late = failureOf(slow)
    await new Promise(setImmediate)
    await after(100)
    expect(await late).toBeInstanceOf(SessionStoreError)
    const logout = queue.run('destroy', 'a', async () => log.push('the logout'))
    await new Promise(setImmediate)
    land()
    await logout
    expect(log).toEqual(['the write lands', 'the logout'])
  })

  test('work that waited too long does not begin', async () => {
    const { timer, after } = timers()
    const queue = new KeyedQueueWithTimeout({ timeoutMs: 100, timer })
    const { run, end, log } = work()
    const both = ['1', '2'].map((name) => failureOf(queue.run('patch', 'a', run(name))))
    await new Promise(setImmediate)
    await after(100)
    const failures = await Promise.all(both)
    expect(failures.every((failure) => failure instanceof SessionStoreError)).toBe(true)
    end()
    await new Promise(setImmediate)
    expect(log).toEqual(['1 reads'])
  })

  test('work that never ends blocks its key for a minute, and not for ever', async () => {
    const { timer, after } = timers()
    const queue = new KeyedQueueWithTimeout({ timeoutMs: 100, timer })
    const stuck = failureOf(queue.run('read', 'a', () => new Promise(() => {})))
    await new Promise(setImmediate)
    await after(100)
    expect(await stuck).toBeInstanceOf(SessionStoreError)
    await after(60_000)
    expect(await queue.run('read', 'a', async () => 'again')).toBe('again')
  })

  test('nothing is kept of a key whose work has ended', async () => {
    const queue = new KeyedQueueWithTimeout({})
    const begun = heapUsed()
    for (let index = 0; index < 2000; index++)
      await queue.run('do', Buffer.alloc(20_000, `${index} `).toString('latin1'), async () => {})
    // The keys are 40 MB.
    const grown = heapUsed() - begun
    // It is still in use.
    expect(await queue.run('do', 'a', async () => 'done')).toBe('done')
    expect(grown).toBeLessThan(10_000_000)
  })

  test.each([0, -1, 1.5, Number.NaN, 60_000, Infinity])(
    'a timeout of %s is refused',
    (timeoutMs) => {
      const storage = createStorage()
      expect(() => fromUnstorage(storage, { timeoutMs })).toThrow(
        new SessionOptionError(
          'timeoutMs',
          `must be a whole number of milliseconds from 1 to 59999, not ${timeoutMs}.`,
        ),
      )
    },
  )
})
