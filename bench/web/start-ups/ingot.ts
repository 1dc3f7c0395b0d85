import {
  App,
  MemoryStore,
  Param,
  route,
  scoped,
  Session,
  sessions,
  singleton,
} from '../../../src/index.js'
import { ROUTES, SERVICES, type StartUp } from '../start-up.js'

class Settings {}
class Db {
  readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }
}
class Service {
  readonly db: Db
  readonly session: Session

  constructor(db: Db, session: Session) {
    this.db = db
    this.session = session
  }
}

/** Each route asks for a parameter, the session, and one of 20 services, made once per request. */
export const startUp: StartUp = async () => {
  const services = Array.from({ length: SERVICES }, () => class extends Service {})
  const app = new App({
    components: [
      sessions(new MemoryStore()),
      singleton(Settings, [], () => new Settings()),
      scoped(Db, [Settings], (settings) => new Db(settings)),
      ...services.map((One) => scoped(One, [Db, Session], (db, session) => new One(db, session))),
    ],
    routes: Array.from({ length: ROUTES }, (_, number) => {
      const One = services[number % SERVICES]!
      return route.get(`/${number}/:name`, [Param('name'), Session, One], (name) => {
        return `${number}: ${name}`
      })
    }),
  })
  await app.ready()
  return async (path) => (await app.fetch(new Request(`http://localhost${path}`))).text()
}
