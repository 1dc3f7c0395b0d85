import { MemoryStore as ExpressMemoryStore } from 'express-session'
import {
  App,
  BackendStore,
  fromExpressStore,
  fromUnstorage,
  route,
  Session,
  sessions,
  type SessionBackend,
} from 'ingot'
import { createStorage } from 'unstorage'
import fsDriver from 'unstorage/drivers/fs'

// #region express
/** Any store for express-session: connect-pg-simple, session-file-store and others. */
export function withExpressStore(): App {
  return createApp(fromExpressStore(new ExpressMemoryStore()))
}
// #endregion

// #region unstorage
/** Any driver of unstorage. This one keeps what has ended until it is swept: call it now and then. */
export function withFiles(folder: string): { app: App; sweep: () => Promise<number> } {
  const backend = fromUnstorage(createStorage({ driver: fsDriver({ base: folder }) }))
  return { app: createApp(backend), sweep: () => backend.sweep() }
}
// #endregion

function createApp(backend: SessionBackend): App {
  return new App({
    components: [sessions(new BackendStore(backend))],
    routes: [
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/', [Session], (session) => {
        return session.update('count', (before: number = 0) => before + 1)
      }),
    ],
  })
}
