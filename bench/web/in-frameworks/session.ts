import { App, MemoryStore, sessions, type Session } from '../../../src/index.js'
import { kept, keptIn } from '../kept.js'
import { LIFE } from '../system.js'

interface Data {
  [key: string]: unknown
  count?: number
}

/** What the handlers of all frameworks ask. */
export function openApp(): App {
  const life = { idleTimeout: LIFE, absoluteTimeout: 10 * LIFE }
  return new App({
    routes: [],
    components: [sessions(new MemoryStore({ limit: 20_000, ...life }))],
  })
}

/** What the routes of all frameworks answer. */
export const read = (session: Session<Data>) => `${session.get('count') ?? 0}`
export const keptOf = (session: Session) => `${keptIn((key) => session.get(key))}`
export const count = (session: Session<Data>) => {
  const next = (session.get('count') ?? 0) + 1
  if (next === 1) for (const [key, value] of Object.entries(kept)) session.set(key, value)
  session.set('count', next)
  return `${next}`
}
