import { App, HttpError, MemoryStore, Param, Session, route, sessions } from 'ingot'

interface Visit {
  count: number
  code: string
}

// #region update
const count = route.post('/count', [Session], (session: Session<Visit>) => {
  return session.update('count', (before = 0) => before + 1)
})
// #endregion

const send = route.post('/code', [Session], (session: Session<Visit>) => {
  session.set('code', '314159')
})

// #region take
const confirm = route.post(
  '/confirm/:code',
  [Session, Param('code')],
  async (session: Session<Visit>, code) => {
    // Of two requests at the same time one gets the code, and the other nothing.
    if ((await session.take('code')) !== code) throw new HttpError(403)
    return 'Confirmed.'
  },
)
// #endregion

export const app = new App({
  components: [sessions(new MemoryStore())],
  routes: [count, send, confirm],
})
