import { Inject } from '../../src/di/index.js'
import { App, Cookie, Cookies, route, type AppOptions } from '../../src/http/index.js'
import { Session, sessions, SessionStore, type SessionsOptions } from '../../src/sessions/index.js'
import { testClient } from '../../src/testing/index.js'

export interface Shop {
  user?: string
  cart?: string[]
}

/** A store in ten lines, as an application would write one. */
export class MapStore extends SessionStore {
  readonly records = new Map<string, object>()
  readonly calls: string[] = []

  @Inject(Cookies)
  override async load(cookies: Cookies): Promise<Session> {
    this.calls.push('load')
    const id = cookies.get('sid')
    const record = id === undefined ? undefined : this.records.get(id)
    return id === undefined || !record ? Session.empty() : new Session(id, record)
  }

  @Inject(Session)
  override async dump(session: Session): Promise<Cookie | undefined> {
    this.calls.push('dump')
    if (session.previousId !== undefined) this.records.delete(session.previousId)
    if (session.isDestroyed) return Cookie.expired('sid')
    if (!session.isChanged) return undefined
    this.records.set(session.id, session.toObject())
    return new Cookie('sid', session.id)
  }
}

/** An application that reads and writes its session, with a client and the errors that `onError` gets. */
export function sessionApp(
  options: Partial<AppOptions> & { store?: SessionStore; policy?: SessionsOptions } = {},
) {
  const { store = new MapStore(), policy, ...rest } = options
  const errors: unknown[] = []
  const app = new App({
    components: [sessions(store, policy)],
    onError: (error) => errors.push(error),
    ...rest,
    routes: [
      route.get('/read', [Session], (session: Session<Shop>) => session.toObject()),
      route.get('/plain', () => 'plain'),
      route.post('/write', [Session], (session: Session<Shop>) => void session.set('user', 'ada')),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/regenerate', [Session], (session) => session.regenerate()),
      ...(rest.routes ? [rest.routes] : []),
    ],
  })
  return { app, client: testClient(app), store: store as MapStore, errors }
}

/** A store whose two methods do what the test says. */
export class ScriptedStore extends SessionStore {
  constructor(
    readonly whatLoads: () => unknown,
    readonly whatDumps: (session: Session) => unknown = () => undefined,
  ) {
    super()
  }

  @Inject()
  override load(): Session {
    return this.whatLoads() as Session
  }

  @Inject(Session)
  override dump(session: Session): Cookie | undefined {
    return this.whatDumps(session) as Cookie | undefined
  }
}

// oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what a careless store does
export const rejectedText = (text: string) => Promise.reject(text)
export const never = () => new Promise<never>(() => {})

/** Fires at once: nobody has to wait for a deadline. */
export const impatient = {
  set: (run: () => void) => setImmediate(run),
  clear: (handle: unknown) => clearImmediate(handle as NodeJS.Immediate),
}

export class RedisError extends Error {
  override readonly name = 'RedisError'
  readonly code = 'ECONNREFUSED'
  readonly command = { args: ['sess:secret-key', 'secret-data'] }
}
