import type { AnyToken } from '../../di/index.js'
import { Cookie, Cookies } from '../../http/index.js'
import { SessionOptionError } from '../errors/errors.js'
import { Session } from '../session/session.js'
import { stateOf } from '../session/session-view.js'
import type { SessionRecord } from '../store/next-step.js'
import type { SessionStore } from '../store/session-store.js'
import type { NamedSession, OldSessions, RefusedCookie } from './systems/old-sessions.js'
import { StoreMethod } from './store-method.js'

/** The sessions of a store of this library: with another cookie, or in another place. */
export class OurSessions {
  readonly names: readonly string[]
  readonly store: SessionStore
  /** What its store has to be injected with. */
  readonly tokens: readonly AnyToken[]
  readonly #load: StoreMethod
  readonly #dump: StoreMethod

  constructor(store: SessionStore) {
    const { cookieName } = store
    if (cookieName === undefined) {
      throw new SessionOptionError('old', 'has to say the name of its cookie: `cookieName`.')
    }
    this.names = [cookieName]
    this.store = store
    this.#load = new StoreMethod(store, 'load', Cookies)
    this.#dump = new StoreMethod(store, 'dump', Session)
    this.tokens = [...this.#load.tokens, ...this.#dump.tokens]
  }

  /** @param values those of `tokens`. */
  with(values: readonly unknown[]): OldSessions {
    const { length } = this.#load.tokens
    return {
      names: this.names,
      find: async (cookies) => {
        const session = (await this.#load.call(cookies, values.slice(0, length))) as Session
        return this.#found(session, cookies, values.slice(length))
      },
    }
  }

  #found(
    session: Session,
    cookies: Cookies,
    values: readonly unknown[],
  ): (NamedSession | RefusedCookie)[] {
    const state = stateOf(session)
    const refused = state.origin?.refused ?? []
    // Its id was replaced a moment ago, and the browser is about to bring the new one.
    if (state.isNew || state.isReadOnly)
      return refused.map(({ reason, id }) => ({ reason, text: id }))
    const { id } = session
    const record = recordOfOurs(session)
    const end = async (): Promise<Cookie[]> => {
      session.destroy()
      const cookie = await this.#dump.call(session, values)
      return cookie instanceof Cookie ? [cookie] : []
    }
    return [{ text: id, key: id, read: async () => record, end }]
  }
}

/** Everything comes along, times and messages too, but what the old store noted for itself. */
function recordOfOurs(session: Session): SessionRecord {
  const { metadata, metadataNow, fields } = stateOf(session)
  const { epoch: _, reach: __, ...facts } = metadata ?? metadataNow
  return { metadata: facts, fields: new Map(fields.texts()) }
}
