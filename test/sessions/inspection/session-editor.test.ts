import { describe, expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  MemoryStore,
  Session,
} from '../../../src/sessions/index.js'
import { editorOf, type SessionEditor } from '../../../src/sessions/inspection/index.js'
import { stateOf } from '../../../src/sessions/session/session-view.js'
import { newSecret } from '../secrets.js'

const NOW = 1_700_000_000_000
const clock = () => NOW

type Store = BackendStore | CookieStore

/** A session that has come back from its browser. */
async function visitor(store: Store, write: (session: Session) => void = () => {}) {
  const begun = await store.load(new Cookies())
  begun.set('n', 1)
  write(begun)
  const given = await store.dump(begun)
  let pair = `${store.cookieName}=${given!.value}`
  const load = (): Session | Promise<Session> => store.load(new Cookies(pair))
  return {
    load,
    session: await load(),
    take: (line: string | undefined) => {
      if (line !== undefined)
        pair = line.slice(0, line.indexOf(';')).replace(/^[^=]+/, store.cookieName)
    },
  }
}

const STORES: readonly (readonly [string, () => Store])[] = [
  ['a MemoryStore', () => new MemoryStore({ clock })],
  ['a CookieStore', () => new CookieStore({ secret: newSecret(), clock })],
]

describe.each(STORES)('the editor of a session of %s', (_, make) => {
  /** Why the next request opens no session, after an edit. */
  async function reasonAfter(edit: (editor: SessionEditor) => ReturnType<SessionEditor['age']>) {
    const { session, take, load } = await visitor(make())
    const done = await edit(editorOf(session)!)
    if ('refused' in done) return done.refused
    take(done.cookie)
    const after = await load()
    const [refused] = stateOf(after).origin?.refused ?? []
    return after.isNew ? refused?.reason : stateOf(after).metadata
  }

  test('sets its times back', async () => {
    expect(await reasonAfter((editor) => editor.age(60_000))).toMatchObject({
      createdAt: NOW - 60_000,
      seenAt: NOW - 60_000,
    })
  })

  test('lets it expire', async () => {
    expect(await reasonAfter((editor) => editor.expire())).toBe('expired-idle')
  })

  test('lets one with a lifetime of its own, and a login, expire as well', async () => {
    const { session, take, load } = await visitor(make(), (begun) => {
      begun.bind('ada')
      begun.remember(86_400)
    })
    const done = await editorOf(session)!.expire()
    take('cookie' in done ? done.cookie : undefined)
    expect(stateOf(await load()).origin?.refused[0]?.reason).toBe('expired-absolute')
  })
})

test('a record that is damaged, or ended, opens nothing more, and is told when it is gone', async () => {
  const { session, load } = await visitor(new MemoryStore({ clock }))
  const editor = editorOf(session)!
  expect(await editor.damage()).toEqual({})
  expect(stateOf(await load()).origin?.refused[0]?.reason).toBe('corrupt')
  const gone = { refused: 'The store has no such session any more.' }
  expect(await editor.age(1)).toEqual(gone)
  const other = await visitor(new MemoryStore({ clock }))
  expect(await editorOf(other.session)!.revoke()).toEqual({})
  expect(stateOf(await other.load()).origin?.refused[0]?.reason).toBe('unknown')
  expect(await editorOf(other.session)!.revoke()).toEqual(gone)
})

/** A backend in which something happens to each record between a read and what follows. */
class Overtaken extends MemoryBackend {
  between: ((key: string) => unknown) | undefined

  override async replace(key: string, version: number, text: string, ttl: number) {
    const { between } = this
    this.between = undefined
    await between?.(key)
    return super.replace(key, version, text, ttl)
  }
}

test('an edit that a request came before says so, and one of a session that ended meanwhile, too', async () => {
  const backend = new Overtaken({ now: clock })
  const { session } = await visitor(new BackendStore(backend, { clock }))
  const editor = editorOf(session)!
  backend.between = async (key) => {
    const { text, version } = (await backend.read(key))!
    await backend.replace(key, version, text, 1000)
  }
  expect(await editor.age(1)).toEqual({ refused: 'A request wrote first. Try again.' })
  backend.between = (key) => backend.destroy(key)
  expect(await editor.age(1)).toEqual({ refused: 'The store has no such session any more.' })
})

test('a damaged cookie differs from the good one by a letter, and opens nothing', async () => {
  const { session, take, load } = await visitor(new CookieStore({ secret: newSecret(), clock }))
  const valueIn = (edit: object): string =>
    /=([^;]*)/.exec((edit as { cookie: string }).cookie)![1]!
  const [good, bad] = [await editorOf(session)!.age(0), await editorOf(session)!.damage()]
  expect(valueIn(bad)).toHaveLength(valueIn(good).length)
  take((bad as { cookie: string }).cookie)
  expect(stateOf(await load()).origin?.refused[0]?.reason).toBe('tampered')
})

test('a cookie is revoked where there are revocations, and else it is said how to have them', async () => {
  const secret = newSecret()
  const { session } = await visitor(new CookieStore({ secret, clock }))
  expect(await editorOf(session)!.revoke()).toEqual({
    refused:
      'A CookieStore cannot revoke: the session is in the cookie. Give it `revocations`, or use a server-side store.',
  })
  const revocations = new MemoryBackend({ now: clock })
  const other = await visitor(new CookieStore({ secret, clock, revocations }))
  expect(await editorOf(other.session)!.revoke()).toEqual({})
  expect((await other.load()).isNew).toBe(true)
})

test('what no built-in store holds has no editor', () => {
  for (const other of [undefined, {}, Session.empty(), new Session('id', {})])
    expect(editorOf(other)).toBeUndefined()
})
