import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import { CorruptRecordError } from '../../../src/sessions/backend/session-backend.js'
import { newSessionId } from '../../../src/sessions/session/session-id.js'
import type { Session } from '../../../src/sessions/session/session.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import { overMemory, visitors } from './server-store-suite.js'
import { expectWarnings } from '../expect-warnings.js'

describe('a backend that gives its results at once', () => {
  test('makes no request wait: to load and to dump is no promise, also when there is none', async () => {
    const { store, id } = await stored()
    const session = store.load(new Cookies(`__Host-session=${id}`)) as Session
    expect(session.get('count')).toBe(1)
    session.set('count', 2)
    expect(store.dump(session)).toBeUndefined()
    expect((await store.load(new Cookies(`__Host-session=${id}`))).get('count')).toBe(2)
    expect((store.load(new Cookies(`__Host-session=${newSessionId()}`)) as Session).isNew).toBe(
      true,
    )
  })

  test('has what two requests write at the same time merged', async () => {
    const { store, id } = await stored()
    const cookies = new Cookies(`__Host-session=${id}`)
    const [one, other] = [await store.load(cookies), await store.load(cookies)]
    one.set('one', 1)
    other.set('other', 2)
    expect(store.dump(one)).toBeUndefined()
    await store.dump(other)
    const both = await store.load(cookies)
    expect(both.toObject()).toEqual({ count: 1, one: 1, other: 2 })
  })

  test('may throw at once, too: that a record is none, or anything else', async () => {
    const { store, backend, id } = await stored()
    const cookies = new Cookies(`__Host-session=${id}`)
    backend.read = () => {
      throw new CorruptRecordError('scribbled on')
    }
    expect((await store.load(cookies)).isNew).toBe(true)
    backend.read = () => {
      throw new RangeError('no memory')
    }
    expect(() => store.load(cookies)).toThrow(new RangeError('no memory'))
  })

  test('fails a write that throws, and only that', async () => {
    const { store, backend, id } = await stored()
    const cookies = new Cookies(`__Host-session=${id}`)
    const session = await store.load(cookies)
    session.set('count', 2)
    const replace = backend.replace.bind(backend)
    backend.replace = () => {
      throw new RangeError('no memory')
    }
    expect(() => store.dump(session)).toThrow(new RangeError('no memory'))
    backend.replace = replace
    await store.dump(session)
    expect((await store.load(cookies)).get('count')).toBe(2)
  })
})

/** A store in memory with one session. */
async function stored() {
  const backend = new MemoryBackend()
  const store = new BackendStore(backend)
  const session = await store.load(new Cookies(''))
  session.set('count', 1)
  await store.dump(session)
  return { store, backend, id: session.id }
}

describe('ServerStore asks its backend', () => {
  test.each([
    'x',
    '',
    'a'.repeat(44),
    'a'.repeat(42),
    `${'a'.repeat(42)}B`,
    `${'a'.repeat(42)}=`,
    '../../../../../../../../../../../../../../etc/x',
    'session:{}*?%20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    '"'.repeat(43),
    'é'.repeat(43),
  ])('nothing for a cookie that is spelled %j [TA-15, CP-22, DS-03]', async (spelling) => {
    const asked: string[] = []
    const backend = new MemoryBackend()
    const read = backend.read.bind(backend)
    backend.read = (key) => (asked.push(key), read(key))
    const session = await new BackendStore(backend).load(new Cookies(`__Host-session=${spelling}`))
    expect(session.isNew).toBe(true)
    expect(asked).toEqual([])
  })

  test('at most four times, however many cookies of the name were planted', async () => {
    const asked: string[] = []
    const backend = new MemoryBackend()
    backend.read = async (key) => (asked.push(key), undefined)
    const planted = Array.from(
      { length: 100 },
      () => `__Host-session=${randomBytes(32).toString('base64url')}`,
    )
    await new BackendStore(backend).load(new Cookies([...planted, ...planted].join('; ')))
    expect(asked).toHaveLength(4)
  })

  test.each([
    [
      'regenerateGrace',
      -1,
      "the session option 'regenerateGrace' must be a whole number of seconds from 0 to 300, not -1.",
    ],
    [
      'regenerateGrace',
      1.5,
      "the session option 'regenerateGrace' must be a whole number of seconds from 0 to 300, not 1.5.",
    ],
    [
      'maxSize',
      0,
      "the session option 'maxSize' must be a whole number of bytes from 1 to 536870912, not 0.",
    ],
  ])('never with a %s of %s, which is refused', (option, given, message) => {
    expect(() => new BackendStore(new MemoryBackend(), { [option]: given })).toThrow(message)
  })
})

describe('when a verb of the backend fails', () => {
  const act = (verb: 'read' | 'create' | 'replace' | 'touch' | 'destroy') => {
    const acts = {
      read: (session: Session) => session.get('a'),
      create: (session: Session) => session.regenerate(),
      replace: (session: Session) => session.set('a', 2),
      touch: (session: Session) => session.touch(),
      destroy: (session: Session) => session.destroy(),
    }
    return acts[verb]
  }

  test.each(['read', 'create', 'replace', 'destroy'] as const)(
    '%s answers 503 without Set-Cookie, and the session is as it was [R1, R3, ER-04, ER-09]',
    async (verb) => {
      await using world = await visitors(overMemory)
      const cookie = await world.visitor({ a: 1 })
      const working = world.backend[verb]
      const fails = () => Promise.reject(new Error('the text of a client library'))
      Object.assign(world.backend, { [verb]: fails })
      const failed = await world.visit(cookie, act(verb))
      expect(failed).toMatchObject({ status: 503, retryAfter: '1', setCookies: [] })
      expect(JSON.stringify(failed)).not.toContain('client library')
      Object.assign(world.backend, { [verb]: working })
      expect(await world.dataOf(cookie)).toEqual({ a: 1 })
      expect((await world.visit(cookie, (session) => session.set('b', 2))).status).toBe(200)
    },
  )

  test('touch is served all the same [ER-08]', async () => {
    const onWarning = expectWarnings('SESSION_STORE')
    await using world = await visitors(overMemory, {}, { onWarning })
    const cookie = await world.visitor({ a: 1 })
    world.backend.touch = () => Promise.reject(new Error('down'))
    expect(await world.visit(cookie, act('touch'))).toMatchObject({ status: 200, setCookies: [] })
  })

  test('activity that could not be noted is noted by the next request [ER-08]', async () => {
    let now = 1_000_000
    await using world = await visitors(
      overMemory,
      { clock: () => now, idleTimeout: 100, touchInterval: 10 },
      { onWarning: expectWarnings('SESSION_STORE') },
    )
    const cookie = await world.visitor({ a: 1 })
    const working = world.backend.touch
    world.backend.touch = () => Promise.reject(new Error('down'))
    now += 60_000
    await world.visit(cookie, act('read'))
    Object.assign(world.backend, { touch: working })
    now += 1000
    await world.visit(cookie, act('read'))
    now += 99_000
    expect(await world.dataOf(cookie)).toEqual({ a: 1 })
  })

  test('take answers 503, and what was to be taken is still there [ER-09]', async () => {
    await using world = await visitors(overMemory)
    const cookie = await world.visitor({ code: 1, a: 1 })
    const working = world.backend.replace
    world.backend.replace = () => Promise.reject(new Error('down'))
    const taken = await world.visit(cookie, (session) => session.take('code'))
    expect(taken).toMatchObject({ status: 503, retryAfter: '1', setCookies: [] })
    Object.assign(world.backend, { replace: working })
    expect(await world.dataOf(cookie)).toEqual({ code: 1, a: 1 })
  })

  test('a visitor whose regenerate is interrupted continues with the old id [RA-10]', async () => {
    await using world = await visitors(overMemory)
    const cookie = await world.visitor({ a: 1 })
    const working = world.backend.replace
    world.backend.replace = () => Promise.reject(new Error('down'))
    const failed = await world.visit(cookie, (session) => session.bind('ada'))
    expect(failed).toMatchObject({ status: 503, setCookies: [] })
    Object.assign(world.backend, { replace: working })
    expect((await world.visit(cookie, (session) => session.userId ?? 'nobody')).result).toBe(
      'nobody',
    )
    expect((await world.visit(cookie, (session) => session.bind('ada'))).status).toBe(200)
  })

  test('a backend that never answers is a 503 at the deadline [CU-04, R7]', async () => {
    await using world = await visitors(overMemory, {}, { deadline: 50 })
    const cookie = await world.visitor({ a: 1 })
    world.backend.replace = () => new Promise(() => {})
    expect(await world.visit(cookie, act('replace'))).toMatchObject({ status: 503, setCookies: [] })
  })
})
