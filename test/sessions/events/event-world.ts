import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Component } from '../../../src/di/index.js'
import { App, route } from '../../../src/http/index.js'
import {
  Session,
  sessions,
  type SessionEvent,
  type SessionsOptions,
  type SessionStore,
} from '../../../src/sessions/index.js'
import { expectWarnings } from '../expect-warnings.js'

/** Collects the events of a test, until it is disposed. */
export function listen() {
  const events: SessionEvent[] = []
  const hear = (event: unknown) => void events.push(event as SessionEvent)
  subscribe('ingot:session', hear)
  return {
    events,
    /** What came since it was asked last, as `type/reason`. */
    heard: () => events.splice(0).map(kindOf),
    [Symbol.dispose]: () => void unsubscribe('ingot:session', hear),
  }
}

export function kindOf({ type, reason, operation }: SessionEvent): string {
  return [type, ...(operation ? [operation] : []), reason].join('/')
}

export type Act = (session: Session) => unknown

/** An application whose one route does with its session what the test says. */
export function eventWorld(
  store: SessionStore,
  policy: SessionsOptions = {},
  components: readonly Component[] = [],
) {
  const acts = new Map<string, Act>()
  const app = new App({
    components: [sessions(store, { onWarning: expectWarnings(), ...policy }), ...components],
    routes: [
      route.post('/:act', [Session, Request], async (session, request) => {
        const act = acts.get(new URL(request.url).pathname) as Act
        return { result: (await act(session)) ?? null }
      }),
    ],
    onError: () => {},
  })

  /** Sends one request with these cookies; gives the whole answer, and the cookies of the next request. */
  const visit = async (cookie: string | undefined, act: Act = () => {}) => {
    const path = `/${acts.size + 1}`
    acts.set(path, act)
    const headers = cookie === undefined ? {} : { cookie }
    const response = await app.fetch(
      new Request(`https://shop.test${path}`, { method: 'POST', headers }),
    )
    const [set] = response.headers.getSetCookie()
    return {
      status: response.status,
      headers: [...response.headers],
      body: await response.text(),
      cookie: set === undefined ? cookie : (set.split(';')[0] as string),
    }
  }
  return { app, visit, stop: () => app.close() }
}

export function valueOf(cookie: string | undefined): string {
  return (cookie as string).slice('__Host-session='.length)
}
