import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  type CookieStoreOptions,
} from '../../../src/sessions/index.js'
import { VisitedApp } from '../../../src/testing/conformance/store/visited-app.js'

/** What this release made of one session, in each way in which it keeps one. */
export interface KnownAnswers {
  /** The `Cookie` headers of the two kinds of sealed cookies. */
  readonly encrypted: string
  readonly signed: string
  /** The `Cookie` header that names a record, its key, and its text. */
  readonly id: string
  readonly key: string
  readonly text: string
}

/** A moment that does not pass: what is kept has no other times. */
export const MOMENT = Date.UTC(2026, 10, 28)
const SECRET = 'a secret of 32 bytes and more, for known answers alone'
/** 32 bytes, base64url. */
const ID = 'S25vd24gYW5zd2VycyBhcmUgbmV2ZXIgc2VjcmV0ISE'

export const DATA = { cart: [1, 'é'], note: '"x"' }

export function cookieWorld(options: Partial<CookieStoreOptions> = {}) {
  const clock = () => MOMENT
  return VisitedApp.open(() => ({
    store: new CookieStore({ secret: SECRET, application: 'shop', clock, ...options }),
  }))
}

export function recordWorld() {
  const clock = () => MOMENT
  const backend = new KeptBackend({ now: clock })
  return VisitedApp.open(() => ({
    store: new BackendStore(backend, { clock, newId: () => ID }),
    backend,
  }))
}

/** Remembers what was created last. */
export class KeptBackend extends MemoryBackend {
  created: { readonly key: string; readonly text: string } | undefined

  override create(key: string, text: string, ttl: number) {
    this.created = { key, text }
    return super.create(key, text, ttl)
  }
}

/** The session of all answers: a user, data, a message and a lifetime. */
export async function begin(app: VisitedApp) {
  const visitor = app.visitor()
  await visitor.visit((session) => {
    session.bind('ada', { label: 'Firefox' })
    for (const [key, value] of Object.entries(DATA)) session.set(key, value)
    session.flash.set('saved', true)
    session.remember(86_400)
  })
  return visitor
}

/** What such a session has to show, when it is opened. */
export async function shown(app: VisitedApp, header: string): Promise<unknown> {
  return app.visitor().visit(
    (session) => ({
      isNew: session.isNew,
      user: session.userId,
      data: session.toObject(),
      message: session.flash.get('saved'),
      lifetime: session.lifetime,
      times: [session.createdAt, session.authenticatedAt].map((date) => date?.getTime()),
    }),
    header,
  )
}

export const SHOWN = {
  isNew: false,
  user: 'ada',
  data: DATA,
  message: true,
  lifetime: 86_400,
  times: [MOMENT, MOMENT],
}
