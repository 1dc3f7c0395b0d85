import { App, HttpError, redirect, Reply, route } from 'ingot'

// #region values
const routes = [
  route.get('/text', () => 'grüezi'),
  route.get('/todos', () => [{ title: 'Buy tea', done: false }]),
  route.get('/nothing', () => undefined),
  route.get('/café', [Reply], (reply) => {
    reply.headers.set('cache-control', 'max-age=60')
    return { price: 3 }
  }),
  route.post('/search', () => redirect('/p/東京?q=ü')),
]
// #endregion

// #region upstream
/** Hands on what another server responds, as it arrives. */
const pictures = (upstream: string) => route.get('/picture', () => fetch(`${upstream}/picture`))
// #endregion

// #region events
/** The head leaves at once, also when nothing has happened yet. */
const events = route.get('/events', [AbortSignal, Reply], (signal, reply) => {
  reply.headers.set('content-type', 'text/event-stream')
  return newsUntil(signal)
})
// #endregion

// #region failing
/** Fails before its first byte: an ordinary 404. */
const report = route.get('/report', async function* () {
  const rows = await query()
  if (rows.length === 0) throw new HttpError(404, 'There is no report yet')
  for (const row of rows) yield `${row}\n`
})
// #endregion

async function* newsUntil(signal: AbortSignal): AsyncGenerator<string> {
  if (!signal.aborted) yield 'data: a first event\n\n'
}

const query = async (): Promise<readonly string[]> => []

export const createApp = (upstream: string): App =>
  new App({ routes: [routes, pictures(upstream), events, report] })
