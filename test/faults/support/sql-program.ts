/*
 * An application with sessions in a database, in a process of its own, whose requests come as messages:
 * `node sql-program.js <database> <url or path>`.
 */
import { App, Param, route, Session, sessions } from '../../../src/index.js'
import {
  mysql,
  MysqlStore,
  postgres,
  PostgresStore,
  sqlite,
  SqliteStore,
} from '../../../src/sessions/sql/index.js'
import type { Answer, Question } from './sql-process.js'

const [database, place = ''] = process.argv.slice(2)
const table = { migrate: true, timeoutMs: 10_000 }
const patient = { conflictTimeoutMs: 20_000 }
const made = {
  postgres: () => [new PostgresStore(patient), postgres(place, table)] as const,
  mysql: () => [new MysqlStore(patient), mysql(place, table)] as const,
  sqlite: () => [new SqliteStore(patient), sqlite(place, table)] as const,
}
const [store, component] = made[database as keyof typeof made]()
const app = new App({
  components: [sessions(store, { deadline: 25_000 }), component],
  routes: [
    route.get('/', [Session], (session) => session.toObject()),
    route.put('/:key', [Session, Param('key')], (session, key) => void session.set(key, true)),
    route.post('/', [Session], async (session) => {
      await session.update('n', (n: number | undefined) => (n ?? 0) + 1)
    }),
    route.delete('/', [Session], (session) => session.destroy()),
  ],
})
await app.ready()

process.on('message', (question: Question) => void answer(question))
process.once('disconnect', () => process.exit())
process.send?.('ready')

async function answer({ id, method, path, cookie }: Question): Promise<void> {
  const headers = cookie === undefined ? {} : { cookie }
  const response = await app.fetch(new Request(`https://shop.test${path}`, { method, headers }))
  const [set] = response.headers.getSetCookie()
  process.send?.({
    id,
    status: response.status,
    body: await response.text(),
    cookie: set?.split(';')[0],
  } satisfies Answer)
}
