import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { Inject } from '../../../src/di/index.js'
import { notKeptError } from '../../../src/sessions/errors/usage-error.js'
import { App, Cookie, Cookies, route } from '../../../src/http/index.js'
import {
  Session,
  sessions,
  SessionStore,
  SessionStoreError,
  type ExpiryOptions,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'

type Rows = Map<string, string>
const SID = '__Host-sid'

/** Keeps records, in ten lines. */
class RecordStore extends SessionStore {
  readonly rows: Rows = new Map()
  readonly #limits: ExpiryOptions | undefined

  constructor(limits?: ExpiryOptions) {
    super()
    this.#limits = limits
  }

  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    const id = cookies.get(SID) ?? ''
    const row = this.rows.get(id)
    const record = row === undefined ? undefined : JSON.parse(row)
    return Session.fromRecord(id, record, this.#limits) ?? Session.empty(this.#limits)
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    if (session.previousId !== undefined) this.rows.delete(session.previousId)
    if (session.isDestroyed) return Cookie.expired(SID)
    if (!session.isChanged) return undefined
    this.rows.set(session.id, JSON.stringify(session.toRecord()))
    return new Cookie(SID, session.id)
  }
}

/** Keeps data alone. */
class DataStore extends RecordStore {
  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    const id = cookies.get(SID) ?? ''
    const row = this.rows.get(id)
    return row === undefined ? Session.empty() : new Session(id, JSON.parse(row))
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    if (session.previousId !== undefined) this.rows.delete(session.previousId)
    if (session.isDestroyed) return Cookie.expired(SID)
    if (!session.isChanged) return undefined
    this.rows.set(session.id, JSON.stringify(session.toObject()))
    return new Cookie(SID, session.id)
  }
}

type Act = (session: Session) => unknown

/** A visitor of an application over the store, whose requests do what the test says. */
function visitor(store: SessionStore, policy: SessionsOptions = {}) {
  const errors: unknown[] = []
  let act: Act
  const app = new App({
    components: [sessions(store, { onWarning: (error) => errors.push(error), ...policy })],
    routes: [route.post('/', [Session], async (session) => ({ result: await act(session) }))],
    onError: (error) => errors.push(error),
  })
  const client = testClient(app)
  const visit = async (next: Act) => {
    act = next
    const response = await client.post('/')
    return response.ok ? ((await response.json()) as { result: unknown }).result : response.status
  }
  return { visit, errors, client }
}

const REMEDY =
  ', and data is all that such a store keeps. Let its dump() keep session.toRecord(), ' +
  'and its load() open that by Session.fromRecord(id, record).'

describe('a custom store that keeps records', () => {
  it('gives back messages, the user, the lifetime and the times, not data alone [R12]', async () => {
    const { visit, errors } = visitor(new RecordStore())
    await visit((session) => {
      session.set('cart', ['tea']).set('__proto__', 'own')
      session.bind('ada', { label: 'a browser' })
      session.remember(3600)
      session.flash.set('notice', 'Welcome.')
    })
    const first = (await visit((session) => [
      session.toObject(),
      session.userId,
      session.lifetime,
      session.flash.get('notice'),
      session.createdAt?.getTime(),
      session.authenticatedAt?.getTime(),
    ])) as unknown[]
    expect(first.slice(0, 4)).toEqual([
      JSON.parse('{"cart":["tea"],"__proto__":"own"}'),
      'ada',
      3600,
      'Welcome.',
    ])
    expect(first.slice(4)).toEqual([expect.any(Number), expect.any(Number)])
    const again = await visit((session) => [
      session.flash.get('notice') ?? null,
      session.createdAt?.getTime(),
      session.authenticatedAt?.getTime(),
    ])
    expect(again).toEqual([null, ...first.slice(4)])
    expect(errors).toEqual([])
  })

  it('stores nothing for a visit that writes nothing', async () => {
    const store = new RecordStore()
    const { visit, client } = visitor(store)
    await visit((session) => session.toRecord())
    expect([store.rows.size, client.cookies.size]).toEqual([0, 0])
  })

  it('keeps the version of the data, so that it is migrated once', async () => {
    const store = new RecordStore()
    const begun = visitor(store)
    await begun.visit((session) => session.set('n', 1).size)
    const migrate = ({ n }: Record<string, unknown>) => ({ n: Number(n) + 100 })
    const next = visitor(store, { version: 2, migrate })
    next.client.cookies.set(SID, begun.client.cookies.get(SID)!.value)
    expect(await next.visit((session) => session.get('n'))).toBe(101)
    expect(await next.visit((session) => session.get('n'))).toBe(101)
  })

  it('keeps what was written after an early commit, with the times of the first', async () => {
    const store = new RecordStore()
    const { visit } = visitor(store)
    await visit(async (session) => {
      session.set('a', 1)
      await session.commit()
      const [before] = [...store.rows.values()].map((row) => JSON.parse(row)['m:createdAt'])
      session.flash.set('notice', before)
    })
    const [createdAt, noted] = (await visit((session) => [
      session.createdAt?.getTime(),
      session.flash.get('notice'),
    ])) as unknown[]
    expect(String(createdAt)).toBe(noted)
  })

  it('with limits refuses what is over, and notes activity in between [EX-01, EX-02]', async () => {
    let now = 1_700_000_000_000
    const limits = { idleTimeout: 600, absoluteTimeout: 3600, touchInterval: 60, clock: () => now }
    const { visit } = visitor(new RecordStore(limits))
    await visit((session) => session.set('a', 1).size)
    for (let minute = 0; minute < 59; minute++) {
      now += 60_000
      expect(await visit((session) => session.get('a'))).toBe(1)
    }
    expect(await visit((session) => session.expiresAt?.getTime())).toBe(1_700_003_600_000)
    now += 60_000
    expect(await visit((session) => session.isNew)).toBe(true)
    await visit((session) => session.set('a', 2).size)
    now += 599_999
    expect(await visit((session) => session.get('a'))).toBe(2)
    now += 600_000
    expect(await visit((session) => session.isNew)).toBe(true)
  })

  it('without limits has something to write only when the session or touch() says so', async () => {
    const { visit } = visitor(new RecordStore())
    await visit((session) => session.set('a', 1).size)
    expect(await visit((session) => session.isChanged)).toBe(false)
    const touched = await visit((session) => {
      session.touch()
      return session.isChanged
    })
    expect(touched).toBe(true)
  })

  it('refuses to keep the data alone where there was a record', async () => {
    class ForgetfulStore extends DataStore {
      @Inject(Cookies)
      override async load(cookies: Cookies): Promise<Session> {
        return RecordStore.prototype.load.call(this, cookies)
      }
    }
    const store = new ForgetfulStore()
    store.rows.set('an-id', JSON.stringify(Session.empty().toRecord()))
    const { visit, errors, client } = visitor(store)
    client.cookies.set(SID, 'an-id')
    expect(await visit((session) => session.set('a', 1).size)).toBe(500)
    expect(errors).toEqual([
      notKeptError('keep the times of the session', "the store's dump() read the data alone"),
    ])
  })
})

describe('Session.fromRecord', () => {
  const record = Session.empty().set('a', 1).toRecord()

  it('reads what toRecord gave, which is nothing but texts', () => {
    expect(record).toEqual({
      'm:layout': '1',
      'm:createdAt': expect.stringMatching(/^\d+$/),
      'm:seenAt': expect.stringMatching(/^\d+$/),
      'd:a': '1',
    })
    const session = Session.fromRecord('an-id', record)
    expect([session?.id, session?.isNew, session?.toObject()]).toEqual(['an-id', false, { a: 1 }])
  })

  it.each([
    ['nothing', undefined],
    ['data of before', { a: '1' }],
    ['no times', { 'm:layout': '1', 'd:a': '1' }],
    ['times that are none', { ...record, 'm:seenAt': '"yesterday"' }],
    ['a damaged time', { ...record, 'm:seenAt': '{' }],
    ['values that are no texts', { ...record, 'd:a': 1 as never }],
  ])('finds no session in %s [EX-09]', (_, given) => {
    expect(Session.fromRecord('an-id', given)).toBeUndefined()
  })

  it('throws at a record of a newer version: it must not be written over', () => {
    const newer = { ...record, 'm:layout': '2' }
    expect(() => Session.fromRecord('an-id', newer)).toThrow(
      new SessionStoreError('the session was stored by a newer version of this library', {
        reason: 'newer-layout',
      }),
    )
  })
})

describe('a custom store that keeps data alone', () => {
  it.each<[string, Act, string]>([
    ['a message', (session) => session.flash.set('a', 1), 'leave a flash message'],
    ['bind', (session) => session.bind('ada'), 'bind the session'],
    ['remember', (session) => session.remember(60), 'remember the session'],
    [
      'an authentication',
      (session) => session.regenerate({ authenticated: true }),
      'note the authentication',
    ],
  ])('refuses %s at the call [R12]', async (_, act, action) => {
    const store = new DataStore()
    const { visit, errors } = visitor(store)
    await visit((session) => session.set('a', 1).size)
    const before = [...store.rows]
    expect(await visit(act)).toBe(500)
    expect((errors[0] as Error).message).toBe(
      `cannot ${action}: its store opened the session by \`new Session(id, data)\`${REMEDY}`,
    )
    expect(errors[0]).toMatchObject({ name: 'SessionUsageError', code: 'SESSION_NOT_KEPT' })
    expect([...store.rows]).toEqual(before)
  })

  it.each<[string, Act, string]>([
    ['a message', (session) => session.flash.set('a', 1), 'flash messages'],
    ['bind', (session) => session.bind('ada'), 'the user that bind() named'],
    [
      'remember',
      (session) => session.set('a', 1).remember(60),
      'the lifetime that remember() gave',
    ],
    [
      'an authentication',
      (session) => session.regenerate({ authenticated: true }),
      'the time of the authentication',
    ],
  ])('refuses %s of a new session at the dump at the latest [R12]', async (_, act, what) => {
    const { visit, errors, client } = visitor(new DataStore())
    expect(await visit(act)).toBe(500)
    expect((errors[0] as Error).message).toBe(
      `cannot keep ${what}: the store's dump() read the data alone${REMEDY}`,
    )
    expect(client.cookies.size).toBe(0)
  })

  it('refuses a version of the data, which it would migrate again and again', async () => {
    const store = new DataStore()
    store.rows.set('an-id', '{"n":1}')
    const { visit, errors, client } = visitor(store, { version: 2 })
    client.cookies.set(SID, 'an-id')
    expect(await visit(() => {})).toBe(500)
    expect((errors[0] as Error).message).toBe(
      `cannot read the version of the data: its store opened the session by \`new Session(id, data)\`${REMEDY}`,
    )
    client.cookies.delete(SID)
    expect(await visit((session) => session.set('n', 1).size)).toBe(500)
    expect((errors[1] as Error).message).toBe(
      `cannot keep the version of the data: the store's dump() read the data alone${REMEDY}`,
    )
  })

  it('takes a schema, a message for this request, and a new id', async () => {
    const schema: StandardSchemaV1<unknown, object> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => ({ value: value as object }),
      },
    }
    const { visit, errors } = visitor(new DataStore(), { schema })
    await visit((session) => session.set('a', 1).size)
    const found = await visit((session) => {
      session.flash.now('notice', 'now')
      session.regenerate()
      session.remember(undefined)
      return [session.flash.get('notice'), session.get('a')]
    })
    expect(found).toEqual(['now', 1])
    expect(await visit((session) => session.get('a'))).toBe(1)
    expect(errors).toEqual([])
  })
})
