import { App, Cookies, route } from '../../../src/http/index.js'
import {
  Session,
  sessions,
  SessionStore,
  SessionStoreError,
  SessionView,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { Inject } from '../../../src/di/index.js'

/** A store that does what the test says, after a turn of the event loop as a server would. */
export class StagedStore extends SessionStore {
  act: () => Session | Promise<Session> = () => Session.empty()
  keep: () => undefined | Promise<undefined> = () => undefined
  asked = 0
  dumps = 0
  strangers = 0
  waits = true

  override looksUp(cookies: Cookies): boolean {
    return cookies.has('session')
  }

  @Inject()
  override async load(cookies: Cookies): Promise<Session> {
    if (!this.looksUp(cookies)) {
      this.strangers += 1
      // As long as an answer of the store would take.
      for (let turn = 0; turn < 2; turn++) await new Promise((done) => setImmediate(done))
      return Session.empty()
    }
    this.asked += 1
    // Once for the call's own turn, once for the answer.
    for (let turn = 0; this.waits && turn < 2; turn++)
      await new Promise((done) => setImmediate(done))
    return this.act()
  }

  @Inject()
  override dump(session: Session): undefined | Promise<undefined> {
    if (!session.isChanged) return undefined
    this.dumps += 1
    return this.keep()
  }
}

export function stage(options: SessionsOptions = {}, store = new StagedStore()) {
  const time = { now: 0 }
  const runs = { count: 0 }
  const told: string[] = []
  const reasons: unknown[] = []
  const timer = {
    set: (run: () => void, milliseconds: number) => setTimeout(run, milliseconds),
    clear: (handle: unknown) => clearTimeout(handle as NodeJS.Timeout),
    now: () => time.now,
  }
  const report = (error: Error) => void told.push(error.message)
  const app = new App({
    components: [sessions(store, { timer, onWarning: report, ...options })],
    routes: [
      route.get('/', [SessionView], () => ({ runs: (runs.count += 1) })),
      route.post('/', [Session], (session) => ({ id: session.set('a', 1).size })),
    ],
    onError: (error) => void reasons.push(((error as Error).cause as SessionStoreError)?.reason),
  })
  const visit = async (cookie = 'session=1') =>
    app.fetch(new Request('https://shop.test/', { headers: { cookie } }))
  const write = async (cookie = 'session=1') =>
    app.fetch(new Request('https://shop.test/', { method: 'POST', headers: { cookie } }))
  return {
    store,
    time,
    runs,
    told,
    reasons,
    visit,
    write,
    /** What so many requests, one after the other, are answered with. */
    statuses: async (count: number) => {
      const statuses: number[] = []
      for (let each = 0; each < count; each++) statuses.push((await visit()).status)
      return statuses
    },
  }
}
