import { describe, expect, test, vi } from 'vitest'
import { BackendStore, MemoryBackend, type Session } from '../../../src/sessions/index.js'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import { gate, idOf, visitors } from './server-store-suite.js'

/** Counts what is written, and can let somebody else write first. */
class CountedBackend extends MemoryBackend {
  replaced = 0
  before: ((key: string) => Promise<unknown>) | undefined

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    this.replaced += 1
    await new Promise(setImmediate)
    const before = this.before
    this.before = undefined
    await before?.(given[0])
    return super.replace(...given)
  }

  /** What another process writes. */
  async elsewhere(key: string, change: (text: string) => string): Promise<void> {
    const { text, version } = (await this.read(key))!
    await super.replace(key, version, change(text), 60_000)
  }
}

async function counted(onWarning?: (error: Error) => void) {
  const backend = new CountedBackend()
  const store = new BackendStore(backend, { maxSize: 2000 })
  const world = await visitors(
    async () => ({ store, backend }),
    {},
    { ...(onWarning && { onWarning }) },
  )
  const cookie = await world.visitor({ n: 0 })
  /** Each does what it wants when all have come. */
  const together = (acts: readonly ((session: Session) => unknown)[]) => {
    const hold = gate(acts.length)
    void hold.waited.then(hold.open)
    return Promise.all(
      acts.map((act) =>
        world.visit(cookie, async (session) => {
          await hold.pass()
          await act(session)
        }),
      ),
    )
  }
  return { backend, world, cookie, together, key: recordKey(idOf(cookie)) }
}

const increment = (session: Session) => session.update('n', (n) => Number(n ?? 0) + 1)

describe('parallel writes to one session in one process', () => {
  test('are merged, and written at once while another write is under way [RA-02]', async () => {
    const { backend, world, cookie, together } = await counted()
    const keys = Array.from({ length: 50 }, (_, index) => `key${index}`)
    const acts = keys.map((key) => (session: Session) => void session.set(key, 1).get('n'))
    const answers = await together([...acts, increment, increment, (session) => session.take('n')])
    expect(answers.map(({ status }) => status)).toEqual(Array(53).fill(200))
    const found = (await world.dataOf(cookie)) as Record<string, number>
    expect(Object.keys(found).toSorted()).toEqual([...keys, 'n'].toSorted())
    // Taken before the others were done.
    expect(found['n']).toBe(2)
    expect(backend.replaced).toBeLessThanOrEqual(4)
  })

  test('leave no timer behind, so that nothing keeps the process alive', async () => {
    const { together } = await counted()
    // Not counted by the process, in which other tests have timers.
    const { setTimeout: begin, clearTimeout: clear } = globalThis
    const running = new Set<unknown>()
    using _begun = vi
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation((run: () => void, milliseconds?: number) => {
        const timer = begin(() => {
          running.delete(timer)
          run()
        }, milliseconds)
        running.add(timer)
        return timer
      })
    using cleared = vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
      running.delete(timer)
      clear(timer)
    })
    await together([increment, increment, increment])
    expect(cleared).toHaveBeenCalled()
    expect(running.size).toBe(0)
  })

  test('fail alone: one that is too large, and one whose update refuses [DS-10]', async () => {
    const warnings: string[] = []
    const { backend, world, cookie, together } = await counted(({ name }) => warnings.push(name))
    backend.before = (key) => backend.elsewhere(key, (text) => text.replace('#"n0', '#"n5'))
    const refusing = (session: Session) =>
      session.update('n', (n) => {
        if (n === 0) return 1
        throw new Error('sold out')
      })
    const answers = await together([
      increment,
      (session) => session.set('large', 'x'.repeat(3000)),
      refusing,
      (session) => session.set('small', 1),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 413, 503, 200])
    expect(warnings).toEqual(['SessionTooLargeError'])
    expect(await world.dataOf(cookie)).toEqual({ n: 6, small: 1 })
  })

  test('meet another process: what it wrote is kept, and updates are made again [RA-02]', async () => {
    const { backend, world, cookie, together } = await counted()
    backend.before = (key) =>
      backend.elsewhere(key, (text) => `${text.replace('#"n0', '##n40')}+"there5`)
    const answers = await together([increment, increment, (session) => session.set('here', 1)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await world.dataOf(cookie)).toEqual({ n: 42, there: 5, here: 1 })
  })

  test('meet a newer version of the library: each is a 503, and its record stays [RF-18]', async () => {
    const { backend, together, key } = await counted()
    backend.before = () => backend.elsewhere(key, (text) => `2${text.slice(1)}`)
    const answers = await together([increment, (session) => session.set('here', 1)])
    expect(answers.map(({ status }) => status)).toEqual([503, 503])
    expect((await backend.read(key))?.text[0]).toBe('2')
  })
})
