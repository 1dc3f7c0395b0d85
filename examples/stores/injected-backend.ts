import {
  App,
  type Cookie,
  Cookies,
  Inject,
  ServerStore,
  Session,
  route,
  sessions,
  singleton,
} from 'ingot'
import { ProcessBackend } from './process-backend.js'

// #region injected
/** A server-side store whose backend is made by the application. */
class ProcessStore extends ServerStore {
  @Inject()
  override load(cookies: Cookies, backend: ProcessBackend): Session | Promise<Session> {
    return this.loadFrom(backend, cookies)
  }

  @Inject()
  override dump(
    session: Session,
    backend: ProcessBackend,
  ): Cookie | undefined | Promise<Cookie | undefined> {
    return this.dumpTo(backend, session)
  }
}

export const app = new App({
  components: [
    sessions(new ProcessStore({ idleTimeout: 3600 })),
    singleton(ProcessBackend, [], () => new ProcessBackend()),
  ],
  routes: [
    route.post('/', [Session], (session) => {
      return session.update('count', (before: number = 0) => before + 1)
    }),
  ],
})
// #endregion
