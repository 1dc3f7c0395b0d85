import {
  BackendStore,
  Cookie,
  Cookies,
  CookieStore,
  fromUnstorage,
  Inject,
  MemoryBackend,
  MemoryStore,
  Session,
  SessionStore,
  type SessionsOptions,
} from 'ingot'
import { createStorage } from 'unstorage'
import { eventWorld, type Act } from './events/event-world.js'
import { newSecret } from './secrets.js'

type Limits = Parameters<typeof Session.empty>[0]
type Options = Limits & { readonly clock: () => number }

/** One store of each kind, over clocks of a test. */
export const everyStore: Readonly<Record<string, (options: Options) => SessionStore>> = {
  MemoryStore: (options) => new MemoryStore(options),
  BackendStore: (options) =>
    new BackendStore(new MemoryBackend({ now: options.clock }), {
      ...options,
      application: 'shop',
    }),
  'BackendStore over unstorage': (options) =>
    new BackendStore(fromUnstorage(createStorage(), { clock: options.clock }), options),
  CookieStore: (options) => new CookieStore({ secret: newSecret(), warn: () => {}, ...options }),
  'CookieStore with revocations': (options) =>
    new CookieStore({
      secret: newSecret(),
      warn: () => {},
      revocations: new MemoryBackend({ now: options.clock }),
      ...options,
    }),
  'a store of records': (options) => new RecordStore(options),
}

/** Those that know the sessions of a user, or at least take `bind`. */
export const bindingStores = Object.keys(everyStore).filter((name) => !name.includes('unstorage'))

/** A store as an application writes one: whole records in a Map. */
export class RecordStore extends SessionStore {
  readonly #records = new Map<string, Record<string, string>>()
  readonly #limits: Limits

  constructor(limits: Limits) {
    super()
    this.#limits = limits
  }

  @Inject(Cookies)
  override load(cookies: Cookies): Session {
    const id = cookies.get('__Host-session') ?? ''
    const found = Session.fromRecord(id, this.#records.get(id), this.#limits)
    return found ?? Session.empty(this.#limits)
  }

  @Inject(Session)
  override dump(session: Session): Cookie | undefined {
    if (session.previousId) this.#records.delete(session.previousId)
    if (session.isDestroyed) return Cookie.expired('__Host-session')
    if (!session.isChanged) return undefined
    this.#records.set(session.id, session.toRecord())
    return new Cookie('__Host-session', session.id)
  }
}

/** Visits of an application with one store. */
export function visitsOf(store: SessionStore, policy?: SessionsOptions) {
  const { app, visit } = eventWorld(store, policy)
  return {
    app,
    visit: async (cookie: string | undefined, act?: Act) => {
      const response = await visit(cookie, act)
      const body = response.body === '' ? {} : (JSON.parse(response.body) as object)
      return { ...response, result: (body as { result?: unknown }).result }
    },
  }
}
