import type { EventFacts, RequestFacts, StoredFacts } from '../../src/dev/messages.js'

/** A request of a browser, over http at localhost, of which a test says what matters. */
export function requestOf(
  facts: Partial<Omit<RequestFacts, 'cookies'>> & {
    cookies?: Partial<RequestFacts['cookies']>
  } = {},
): RequestFacts {
  return {
    id: '1-1',
    at: 1000,
    method: 'GET',
    path: '/',
    route: 'GET /',
    status: 200,
    duration: 5,
    busy: 1,
    steps: [],
    events: [],
    sessions: [],
    unstored: [],
    ...facts,
    cookies: {
      client: 'a',
      host: 'localhost:3000',
      isHttps: false,
      isCrossSite: false,
      scriptOrigin: undefined,
      sent: [],
      set: [],
      ofSessions: [],
      ...facts.cookies,
    },
  }
}

export function eventOf(facts: Partial<EventFacts>): EventFacts {
  const none = { operation: undefined, session: undefined, previous: undefined }
  const own = { type: 'loaded', reason: 'live', store: 'MemoryStore', as: 'Session' } as const
  return { ...own, at: 1000, request: '1-1', ...none, ...facts }
}

export function sessionOf(facts: Partial<StoredFacts> = {}): StoredFacts {
  return {
    key: 'aaaaaaaaaaaa',
    store: 'MemoryStore',
    createdAt: 0,
    seenAt: 500,
    authenticatedAt: undefined,
    expiresAt: Infinity,
    limitAt: Infinity,
    idleTimeout: 1800,
    absoluteTimeout: 28_800,
    lifetime: undefined,
    userId: undefined,
    keys: [],
    ...facts,
  }
}
