import {
  App,
  inject,
  isMarker,
  marker,
  Parameter,
  route,
  scoped,
  singleton,
  token,
  transient,
  value,
  type Component,
} from 'ingot'
import * as tsyringe from 'tsyringe'

class Settings {
  constructor(readonly dsn: string) {}
}

class Database {
  isOpen = true
  constructor(readonly dsn: string) {}

  async close() {
    this.isOpen = false
  }
}

// #region short
class Accounts {
  constructor(
    readonly database: Database,
    readonly requestId: string,
  ) {}
}

const requestId = token<string>('request id')
let requests = 0

const provided = [
  value(Settings, new Settings('db://local')),
  // Built by ready(), before whatever needs it; disposed by close(), after that.
  singleton(Database, [Settings], async (settings) => new Database(settings.dsn), {
    dispose: (database) => database.close(),
  }),
  // One for each request, made when the first function needs it.
  scoped(Accounts, [Database, requestId], (database, id) => new Accounts(database, id)),
  // One for each parameter that asks.
  transient(requestId, [], () => `request ${++requests}`),
]
// #endregion

// #region class
// tsyringe's own decorator is all a class needs to be built, once, with what its constructor asks for.
@tsyringe.singleton()
class Greeter {
  constructor(readonly database: Database) {}

  greet(name: string) {
    return `Hello, ${name}, from ${this.database.dsn}`
  }
}
// #endregion

// #region component
/** A token with an argument: `Flag('beta')`. Equal arguments are one token. */
const Flag = (name: string) => marker<boolean>('Flag', name)

class FlagComponent implements Component<boolean> {
  canHandleParameter({ token }: Parameter) {
    return isMarker(token, 'Flag')
  }

  // Injected like any function; `Parameter` is the one that is being filled.
  resolve = inject([Parameter, Settings], ({ token }, settings) => {
    const [name] = isMarker(token) ? token.details : []
    return settings.dsn.includes('local') && name === 'beta'
  })
}
// #endregion

export let opened: Database | undefined

export const app = new App({
  components: [...provided, new FlagComponent()],
  routes: [
    route.get('/accounts', [Accounts, requestId], (accounts, id) => [accounts.requestId, id]),
    route.get('/greet', [Greeter], (greeter) => greeter.greet('Ada')),
    route.get('/flags', [Flag('beta'), Flag('alpha')], (beta, alpha) => ({ beta, alpha })),
    route.get('/dsn', [Database], (database) => (opened = database).dsn),
  ],
})
