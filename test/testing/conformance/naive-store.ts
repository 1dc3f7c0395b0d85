import { randomBytes } from 'node:crypto'
import {
  Cookie,
  Cookies,
  Inject,
  Session,
  SessionLostError,
  SessionStore,
} from '../../../src/index.js'
import type { StoreConditions } from '../../../src/testing/index.js'

/** Mistakes that stores make. */
export type Mistake =
  | 'adopts ids'
  | 'claims to merge'
  | 'claims to take once'
  | 'forgets to remove keys'
  | 'forgets to remove the record'
  | 'gives everybody the same session'
  | 'hides failures'
  | 'hides lost writes'
  | 'ignores limits'
  | 'keeps dead cookies'
  | 'keeps the id'
  | 'keeps the old id'
  | 'leaves the cookie'
  | 'matches parts of ids'
  | 'extends sessions for ever'
  | 'creates sessions for strangers'
  | 'revives'
  | 'sets a cookie each time'
  | 'sets an open cookie'
  | 'stringifies numbers'

const COOKIE = '__Host-session'

interface Kept {
  data: string
  readonly createdAt: number
  seenAt: number
}

/** A simple store: whole sessions in a map. It is correct, except for one chosen mistake. */
export class NaiveStore extends SessionStore {
  override readonly capabilities
  readonly kept = new Map<string, Kept>()
  isBroken = false
  readonly #conditions: StoreConditions
  readonly #mistake: Mistake | undefined
  readonly #found = new WeakMap<Session, Kept>()

  constructor(conditions: StoreConditions, mistake?: Mistake) {
    super()
    this.#conditions = conditions
    this.#mistake = mistake
    this.capabilities = {
      isRevocable: true,
      mergesWrites: mistake === 'claims to merge',
      takesOnce: mistake === 'claims to take once',
    }
  }

  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    if (this.isBroken && this.#mistake !== 'hides failures') throw new Error('broken')
    if (this.isBroken) return Session.empty()
    const sent = cookies.getAll(COOKIE)
    for (const id of sent) {
      const key = this.#keyOf(id)
      const kept = key === undefined ? undefined : this.#living(key)
      if (!key || !kept) continue
      kept.seenAt = this.#conditions.clock()
      const session = new Session(key, this.#decode(kept.data))
      this.#found.set(session, kept)
      return session
    }
    if (this.#mistake === 'creates sessions for strangers') this.#keep(newId(), '{}')
    return this.#mistake === 'adopts ids' && sent[0] ? new Session(sent[0], {}) : Session.empty()
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    const { id, previousId } = session
    if (!session.isChanged) {
      const isEager = this.#mistake === 'sets a cookie each time' && !session.isNew
      return isEager ? new Cookie(COOKIE, id) : undefined
    }
    const data = this.#encode(session)
    const found = session.isNew ? undefined : this.#found.get(session)
    if (previousId === undefined && !session.isNew) {
      const kept = this.#living(id)
      if (kept) kept.data = data
      else if (this.#mistake === 'revives') this.#keep(id, data, found)
      else if (this.#mistake === 'adopts ids') this.#keep(id, data)
      else if (this.#mistake !== 'hides lost writes') throw new SessionLostError()
      return this.#mistake === 'adopts ids' ? new Cookie(COOKIE, id) : undefined
    }
    const ended = previousId === undefined ? undefined : this.#end(previousId, session)
    const isLost = !session.isDestroyed && found && !ended
    if (isLost && this.#mistake !== 'hides lost writes') throw new SessionLostError()
    if (session.isDestroyed || isLost) {
      const isLeft = this.#mistake === 'keeps dead cookies' && previousId === undefined
      return isLeft || this.#mistake === 'leaves the cookie' ? undefined : Cookie.expired(COOKIE)
    }
    const next = this.#mistake === 'keeps the id' ? (previousId ?? id) : id
    this.#keep(next, data, this.#mistake === 'extends sessions for ever' ? undefined : found)
    return new Cookie(COOKIE, next, this.#mistake === 'sets an open cookie' ? OPEN : {})
  }

  #keyOf(id: string): string | undefined {
    const ids = [...this.kept.keys()]
    if (this.#mistake === 'gives everybody the same session') return ids[0]
    if (this.#mistake !== 'matches parts of ids') return id
    return id === '' ? undefined : ids.find((one) => one.startsWith(id))
  }

  #living(id: string): Kept | undefined {
    const kept = this.kept.get(id)
    if (!kept || this.#mistake === 'ignores limits') return kept
    const { clock, idleTimeout, absoluteTimeout } = this.#conditions
    const end = Math.min(kept.seenAt + idleTimeout * 1000, kept.createdAt + absoluteTimeout * 1000)
    return clock() < end ? kept : undefined
  }

  #keep(id: string, data: string, since?: Kept): void {
    const now = this.#conditions.clock()
    this.kept.set(id, { data, createdAt: since?.createdAt ?? now, seenAt: now })
  }

  #end(id: string, session: Session): boolean {
    if (this.#mistake === 'forgets to remove the record' && session.isDestroyed) return true
    if (this.#mistake === 'keeps the old id' && !session.isDestroyed) return true
    const wasLiving = this.#living(id) !== undefined
    this.kept.delete(id)
    return wasLiving
  }

  #encode(session: Session): string {
    const before = this.#mistake === 'forgets to remove keys' && this.#found.get(session)
    const numbers = this.#mistake === 'stringifies numbers'
    const data = { ...(before && this.#decode(before.data)), ...session.toObject() }
    return JSON.stringify(data, (_, value: unknown) =>
      numbers && typeof value === 'number' ? String(value) : value,
    )
  }

  #decode(data: string): Record<string, unknown> {
    return JSON.parse(data) as Record<string, unknown>
  }
}

const OPEN = { httpOnly: false }

function newId(): string {
  return randomBytes(32).toString('base64url')
}
