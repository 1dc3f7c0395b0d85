import { App, MemoryStore, Session, type Serializer, route, sessions } from 'ingot'

// #region serializer
/** JSON, and dates. `devalue` and `superjson` carry more and fit as they are. */
const withDates: Serializer = {
  stringify: (value) =>
    JSON.stringify(value, function (key, text) {
      const original: unknown = this[key]
      return original instanceof Date ? { $date: original.getTime() } : text
    }),
  parse: (text) =>
    JSON.parse(text, (_, value) =>
      typeof value?.$date === 'number' ? new Date(value.$date) : value,
    ),
}

const store = new MemoryStore({ serializer: withDates })
// #endregion

interface Visit {
  since: Date
}

export const app = new App({
  components: [sessions(store)],
  routes: [
    route.post('/', [Session], (session: Session<Visit>) => void session.set('since', new Date(0))),
    route.get('/', [Session], (session: Session<Visit>) => session.get('since')?.getUTCFullYear()),
  ],
})
