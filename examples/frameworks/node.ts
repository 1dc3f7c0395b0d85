import { createServer, type Server } from 'node:http'
import { App, MemoryStore, Session, sessions } from 'ingot'
import { handlers } from 'ingot/node'

// #region server
const app = new App({ routes: [], components: [sessions(new MemoryStore())] })
const handle = handlers(app)

export const server: Server = createServer(
  handle([Session], (session, _req, res) => {
    const visits = ((session.get('visits') as number | undefined) ?? 0) + 1
    session.set('visits', visits)
    res.end(`Visit ${visits}`)
  }),
)
// #endregion
