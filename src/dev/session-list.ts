import { createHash } from 'node:crypto'
import {
  AGE,
  type EventFacts,
  type RequestFacts,
  type SessionAction,
  type StoredFacts,
} from './messages.js'

/** A session that this page has seen. */
export interface KnownSession extends StoredFacts {
  /** Counts the starts of the program: the one that last saw it. */
  readonly run: number
  readonly end: { readonly at: number; readonly why: string } | undefined
}

const MOST_SESSIONS = 200
const MOST_COOKIES = 2000

/** The sessions of all browsers, with how they ended; it outlives reloads of the program. */
export class SessionList {
  readonly #sessions = new Map<string, KnownSession>()
  /** The sessions by the values of their cookies. Never shown. */
  readonly #byCookie = new Map<string, string>()
  /** The names of cookies that carry sessions. */
  readonly #names = new Set<string>()

  /** The latest first. */
  get all(): readonly KnownSession[] {
    return [...this.#sessions.values()].toReversed()
  }

  get(key: string | undefined): KnownSession | undefined {
    return key === undefined ? undefined : this.#sessions.get(key)
  }

  /** The sessions that some cookies open, or opened. */
  ofCookies(values: readonly string[]): readonly string[] {
    const keys = values.flatMap((value) => this.#byCookie.get(value) ?? hashOf(value))
    return [...new Set(keys)].filter((key) => this.#sessions.has(key))
  }

  /** Takes what a request showed of its sessions. */
  note({ sessions, cookies, events, method, path }: RequestFacts, run: number): void {
    for (const facts of sessions) {
      this.#sessions.delete(facts.key)
      this.#sessions.set(facts.key, { ...facts, run, end: undefined })
    }
    dropOldest(this.#sessions, MOST_SESSIONS)
    for (const event of events) this.#noteEnd(event, `${method} ${path}`)
    for (const name of cookies.ofSessions) this.#names.add(name)
    const isLoaded = events.some(({ type }) => type === 'loaded')
    for (const line of cookies.set) this.#noteCookie(pairOf(line), sessions)
    for (const pair of cookies.sent) this.#noteCookie(pair, isLoaded ? sessions : [])
    dropOldest(this.#byCookie, MOST_COOKIES)
  }

  /** Notes what a button of the page has done. */
  edited(key: string, what: SessionAction, cookie: string | undefined): void {
    const session = this.#sessions.get(key)
    if (!session) return
    if (cookie) this.#byCookie.set(pairOf(cookie)[1], key)
    const why = PRESSED[what]
    if (why) this.#sessions.set(key, { ...session, end: { at: Date.now(), why } })
    if (what === 'age') this.#sessions.set(key, aged(session))
  }

  /** A server-side store's cookie is the id; another belongs to the one session of its request. */
  #noteCookie([name, value]: readonly [string, string], sessions: readonly StoredFacts[]): void {
    if (this.#byCookie.has(value)) return
    const hash = hashOf(value)
    const [only, another] = sessions
    if (this.#sessions.has(hash)) this.#byCookie.set(value, hash)
    else if (this.#names.has(name) && only && !another) this.#byCookie.set(value, only.key)
  }

  #noteEnd({ type, reason, session: key, previous, at }: EventFacts, request: string): void {
    if (type === 'destroyed' && key !== undefined)
      this.#end(key, at, reason === 'asked' ? `${request} destroyed it` : `${request}: ${reason}`)
    if (type === 'regenerated' && previous !== undefined)
      this.#end(previous, at, `${request} gave it a new id (${reason})`)
  }

  #end(key: string, at: number, why: string): void {
    const session = this.#sessions.get(key)
    if (session) this.#sessions.set(key, { ...session, end: { at, why } })
  }
}

const PRESSED: Partial<Record<SessionAction, string>> = {
  expire: 'You pressed Expire on this page',
  revoke: 'You pressed Revoke on this page',
  damage: 'You pressed Damage on this page',
}

function aged(session: KnownSession): KnownSession {
  const earlier = (at: number | undefined): number | undefined => at && at - AGE
  const { createdAt, seenAt, authenticatedAt, expiresAt, limitAt } = session
  return {
    ...session,
    createdAt: earlier(createdAt),
    seenAt: earlier(seenAt),
    authenticatedAt: earlier(authenticatedAt),
    expiresAt: earlier(expiresAt),
    limitAt: earlier(limitAt),
  }
}

function pairOf(line: string): [name: string, value: string] {
  const [pair = ''] = line.split(';', 1)
  const equals = pair.indexOf('=')
  return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
}

/** Of the id that is the cookie of a server-side store: as `SessionFacts` has it. */
function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, 12)
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return
    map.delete(oldest)
  }
}
