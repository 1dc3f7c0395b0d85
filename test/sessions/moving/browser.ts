import { randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { onTestFinished } from 'vitest'
import type { Component } from '../../../src/di/index.js'
import { App, route } from '../../../src/http/index.js'
import {
  MemoryBackend,
  BackendStore,
  Session,
  sessions,
  type SessionEvent,
  UserSessions,
  type CookieStore,
  type ServerStore,
  type SessionStore,
} from '../../../src/sessions/index.js'
import { movingFrom, type MovingOptions } from '../../../src/sessions/moving/index.js'
import { hygiene } from '../../support/log-hygiene.js'
import type { OldApp } from './old-apps.js'

/** What a page of one of the applications says. */
export interface Page {
  readonly status: number
  readonly setCookies: readonly string[]
  readonly body: {
    readonly user?: string | null
    readonly cart?: readonly string[] | null
    readonly id?: string
    readonly userId?: string
    readonly times?: readonly (number | null)[]
  }
}

/** A browser that goes to the old application and to ours under one name, so that both get its cookies. */
export class Browser {
  readonly cookies: Map<string, string>

  constructor(cookies: Iterable<readonly [string, string]> = []) {
    this.cookies = new Map(cookies)
  }

  /** A thief with a copy of its cookies; or the same browser before an answer has arrived. */
  copy(): Browser {
    return new Browser(this.cookies)
  }

  async get(url: string, path: string): Promise<Page> {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(url + path, { headers: { cookie } })
    const setCookies = response.headers.getSetCookie()
    for (const line of setCookies) this.#keep(line)
    const text = await response.text()
    return { status: response.status, setCookies, body: text ? JSON.parse(text) : {} }
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    hygiene.keep('a cookie', value)
    const expires = /expires=([^;]*)/i.exec(line)?.[1]
    const isOver = /max-age=0(?:;|$)/i.test(line) || (expires && Date.parse(expires) < Date.now())
    if (isOver) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

/** Our application in place of the old one. */
export interface NewApp {
  readonly url: string
  readonly events: readonly SessionEvent[]
  /** How many records and notes its backend has. */
  readonly backend: MemoryBackend
}

export interface NewAppOptions extends Partial<MovingOptions> {
  readonly store?: CookieStore | ServerStore
  readonly backend?: MemoryBackend
  readonly components?: readonly Component[]
  readonly onError?: (error: unknown) => void
}

export const DAY = 86_400_000

/** On `/login`, `/me` and `/logout` as the old one; `/user`, `/write` and `/renew` as only ours. */
export async function newApp(
  old: OldApp['sessions'] | SessionStore,
  {
    store,
    components = [],
    backend = new MemoryBackend(),
    onError = () => {},
    ...options
  }: NewAppOptions = {},
): Promise<NewApp> {
  const inner =
    store ?? new BackendStore(backend, { idleTimeout: 864_000, absoluteTimeout: 864_000 })
  const secret = randomBytes(32).toString('base64')
  const until = new Date(Date.now() + 30 * DAY)
  const moving = movingFrom(old, inner, { secret, until, ...options })
  const show = (session: Session) => ({
    user: session.get('user') ?? null,
    cart: session.get('cart') ?? null,
    id: session.isNew ? undefined : session.id,
    userId: session.userId,
    times: [session.createdAt, session.authenticatedAt].map((time) => time?.getTime() ?? null),
  })
  const revoke = route.get('/revoke', [UserSessions], async (users) => {
    await users.revokeAll()
  })
  const app = new App({
    components: [sessions(moving, { onWarning: () => {} }), ...components],
    onError,
    routes: [
      route.get('/me', [Session], show),
      route.get('/login', [Session], (session) => session.bind('bob')),
      route.get('/logout', [Session], (session) => session.destroy()),
      route.get('/write', [Session], (session) => void session.set('user', 'eve')),
      route.get('/renew', [Session], (session) => session.regenerate()),
      route.get('/all', [Session], (session) => ({
        user: session.get('user'),
        userId: session.userId,
        lifetime: session.lifetime,
        notice: session.flash.get('notice'),
        loggedIn: session.authenticatedAt?.getTime(),
      })),
      route.get('/commit', [Session], async (session) => {
        await session.commit()
        session.regenerate()
      }),
      route.get('/fail', [Session], () => {
        throw new Error('the handler failed')
      }),
      ...(inner.userSessions ? [revoke] : []),
    ],
  })
  const { url } = await app.listen({ port: 0, hostname: '127.0.0.1' })
  onTestFinished(() => app.close())
  return { url: url.replace(/\/$/, ''), events: listening(), backend }
}

function listening(): SessionEvent[] {
  const events: SessionEvent[] = []
  const onEvent = (event: unknown) => void events.push(event as SessionEvent)
  subscribe('ingot:session', onEvent)
  onTestFinished(() => void unsubscribe('ingot:session', onEvent))
  return events
}

/** Type and reason of each event. */
export const kindsOf = ({ events }: NewApp): string[] =>
  events.map(({ type, reason }) => `${type} ${reason}`)
