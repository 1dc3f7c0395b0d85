import { App, route } from '../../src/http/index.js'
import {
  MemoryBackend,
  Session,
  sessions,
  type SessionsOptions,
  type SessionStore,
} from '../../src/sessions/index.js'
import type { ServerStoreOptions } from '../../src/sessions/server-store/server-store-options.js'
import { BackendStore } from '../../src/sessions/server-store/server-store.js'
import { testClient, type TestClient } from '../../src/testing/index.js'
import { damage } from './record-text.js'
import { gate } from './server-store/server-store-suite.js'

export type Act = (session: Session) => unknown

/** An application whose store, clock and handlers do what a failure needs, and what it says meanwhile. */
export class FailureWorld {
  readonly time = { now: 1_700_000_000_000 }
  readonly backend = new FailingBackend({ now: () => this.time.now })
  /** What `onError` and `onWarning` got: `onError SESSION_LOAD`. */
  readonly lines: string[] = []
  readonly #forget: () => void
  readonly #apps: App[] = []

  /** @param forget forgets the events so far. */
  constructor(forget: () => void) {
    this.#forget = forget
  }

  /** What went before is not what went wrong. */
  begin(): void {
    this.#forget()
    this.lines.length = 0
  }

  get clock(): () => number {
    return () => this.time.now
  }

  store(options: ServerStoreOptions = {}): BackendStore {
    return new BackendStore(this.backend, { clock: this.clock, ...options })
  }

  /** A visitor of an application with a store. Each request does to its session what the test says. */
  visitor(
    options: SessionsOptions<object> = {},
    store: SessionStore = this.store(),
    origin = 'https://shop.test',
  ) {
    const acts = new Map<string, Act>()
    const tell = (where: string) => (error: unknown) => {
      this.lines.push(`${where} ${(error as { code: string }).code}`)
    }
    const app = new App({
      components: [sessions(store, { onWarning: tell('onWarning'), ...options })],
      onError: tell('onError'),
      routes: [
        route.post('/:act', [Session, Request], async (session, request) => {
          await acts.get(new URL(request.url).pathname)?.(session)
        }),
      ],
    })
    this.#apps.push(app)
    const browser = (client: TestClient = testClient(app, { clock: this.clock, origin })) => ({
      client,
      /** Sends a request, with the cookies of the browser or others, and gives its status. */
      visit: async (act: Act, cookie?: string): Promise<number> => {
        const path = `/${acts.size + 1}`
        acts.set(path, act)
        const options = cookie === undefined ? {} : { headers: { cookie } }
        return (await client.post(path, undefined, options)).status
      },
      /** Another browser with the same cookies. */
      copy: () => {
        const other = testClient(app, { clock: this.clock, origin })
        for (const { name, value } of client.cookies) other.cookies.set(name, value)
        return browser(other)
      },
    })
    return browser()
  }

  /** A visitor who has a session already. */
  async known(options: SessionsOptions<object> = {}, store?: SessionStore) {
    const visitor = this.visitor(options, store)
    await visitor.visit((session) => session.set('a', 1))
    this.begin()
    return visitor
  }

  /** The status of a request that did `mine` when another one with the same cookie had done `theirs`. */
  async raced(mine: Act, theirs: Act): Promise<number> {
    const visitor = await this.known()
    const other = visitor.copy()
    const hold = gate()
    const slow = visitor.visit(async (session) => {
      session.get('a')
      await hold.pass()
      return mine(session)
    })
    await hold.waited
    await other.visit(theirs)
    this.begin()
    hold.open()
    return slow
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.close()))
  }
}

/** A backend that fails where a test says so. */
export class FailingBackend extends MemoryBackend {
  readonly keys = new Set<string>()
  fails: ((verb: string) => unknown) | undefined
  confirm?: (since: number) => Promise<void>

  override async read(key: string) {
    await this.fails?.('read')
    return super.read(key)
  }

  override async create(key: string, text: string, ttl: number) {
    await this.fails?.('create')
    this.keys.add(key)
    return super.create(key, text, ttl)
  }

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    await this.fails?.('replace')
    return super.replace(...given)
  }

  override async touch(...given: Parameters<MemoryBackend['touch']>) {
    await this.fails?.('touch')
    return super.touch(...given)
  }

  /** Writes these fields into every record, whatever they are. */
  async damage(fields: Record<string, string>): Promise<void> {
    const backend = {
      read: (key: string) => super.read(key),
      replace: (...given: Parameters<MemoryBackend['replace']>) => super.replace(...given),
    }
    for (const key of this.keys) await damage(backend, key, fields)
  }
}
