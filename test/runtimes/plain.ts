/*
 * An application of plain functions, which nothing but the types of their parameters says what to call with.
 */
import { App, CookieStore, route, Session, sessions } from 'ingot'
import { SECRET } from './secret.js'

function add(session: Session, step: number) {
  const sum = ((session.get('sum') as number | undefined) ?? 0) + step
  session.set('sum', sum)
  return { sum }
}

const app = new App({
  components: [sessions(new CookieStore({ secret: SECRET }))],
  routes: [route.post('/add/:step', add)],
})

// oxlint-disable-next-line import/no-default-export -- workerd asks for it
export default { fetch: app.fetch }
