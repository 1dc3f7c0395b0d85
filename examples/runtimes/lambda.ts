import { toLambdaHandler } from 'srvx/aws-lambda'
import { App, CookieStore, route, Session, sessions } from 'ingot'
import { secret } from './secret.js'

// #region lambda
const app = new App({
  components: [sessions(new CookieStore({ secret }))],
  routes: [
    route.post('/visits', [Session], (session) => {
      const visits = ((session.get('visits') as number | undefined) ?? 0) + 1
      session.set('visits', visits)
      return { visits }
    }),
  ],
})

/** Takes the events of API Gateway, of both versions, and of function URLs. */
export const handler = toLambdaHandler({ fetch: app.fetch })
// #endregion
