import { App, HttpError, MemoryStore, Session, route, sessions } from 'ingot'

// #region stream
interface Reports {
  reports: number
  rows: string[]
}

const report = route.get('/report', [Session], (session: Session<Reports>) => {
  session.update('reports', (before = 0) => before + 1)
  const rows = session.get('rows') ?? ['tea', 'mug']
  // The session is stored before the first of these bytes leaves. From then on writing it throws.
  return ReadableStream.from(rows.map((row) => new TextEncoder().encode(`${row}\n`)))
})
// #endregion

export const paid: unknown[] = []

/** Stands for the service that takes money. */
const payments = { charge: async (order: unknown) => void paid.push(order) }

// #region commit
const pay = route.post('/pay', [Session], async (session) => {
  if (session.has('order')) throw new HttpError(409, 'This was ordered already.')
  session.set('order', session.get('cart') ?? [])
  // Stored before anything is charged: who loads the session from now on finds the order.
  await session.commit()
  await payments.charge(session.get('order'))
  session.delete('cart')
})
// #endregion

const show = route.get('/', [Session], (session) => session.toObject())

export const app = new App({
  components: [sessions(new MemoryStore())],
  routes: [report, pay, show],
})
