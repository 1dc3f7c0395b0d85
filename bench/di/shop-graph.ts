import { Incoming, type Graph, type Value } from './graph.js'

class Settings {
  readonly limit = 7
}

class Db {
  readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }
}

class Accounts {
  readonly db: Db

  constructor(db: Db) {
    this.db = db
  }

  balance(id: number): number {
    return id * this.db.settings.limit
  }
}

function show(accounts: Accounts, db: Db, settings: Settings, request: Incoming): number {
  return accounts.balance(request.id) + db.settings.limit + settings.limit
}

const settings = new Settings()

type Made = Map<unknown, unknown>

function madeDb(made: Made): Db {
  let db = made.get(Db) as Db | undefined
  if (db === undefined) made.set(Db, (db = new Db(settings)))
  return db
}

function madeAccounts(made: Made): Accounts {
  let accounts = made.get(Accounts) as Accounts | undefined
  if (accounts === undefined) made.set(Accounts, (accounts = new Accounts(madeDb(made))))
  return accounts
}

const db: Value = {
  name: 'db',
  type: Db,
  needs: [Settings],
  make: (settings: Settings) => new Db(settings),
  isAsync: false,
}

const common = {
  constant: { name: 'settings', type: Settings, value: settings },
  handler: show,
  handlerNeeds: [Accounts, Db, Settings, Incoming],
}

/** Settings <- Db <- Accounts, and a handler of all three and the request. */
export const shop: Graph = {
  ...common,
  values: [
    db,
    {
      name: 'accounts',
      type: Accounts,
      needs: [Db],
      make: (db: Db) => new Accounts(db),
      isAsync: false,
    },
  ],
  byHand: (handler) => (request) => {
    const db = new Db(settings)
    return handler(new Accounts(db), db, settings, request)
  },
  byMemo: (handler) => (request) => {
    const made: Made = new Map()
    made.set(Incoming, request)
    return handler(madeAccounts(made), madeDb(made), settings, made.get(Incoming))
  },
}

const openAccounts = async (db: Db): Promise<Accounts> => new Accounts(db)

function openedAccounts(made: Made): Promise<Accounts> {
  let opening = made.get(Accounts) as Promise<Accounts> | undefined
  if (opening === undefined) made.set(Accounts, (opening = openAccounts(madeDb(made))))
  return opening
}

/** The same, but making Accounts returns a promise. */
export const asyncShop: Graph = {
  ...common,
  values: [
    db,
    { name: 'accounts', type: Accounts, needs: [Db], make: openAccounts, isAsync: true },
  ],
  byHand: (handler) => async (request) => {
    const db = new Db(settings)
    return handler(await openAccounts(db), db, settings, request)
  },
  byMemo: (handler) => async (request) => {
    const made: Made = new Map()
    made.set(Incoming, request)
    return handler(await openedAccounts(made), madeDb(made), settings, made.get(Incoming))
  },
}
