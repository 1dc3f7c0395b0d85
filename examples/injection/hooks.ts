import { App, Hooks, inject, Query, route, scoped, singleton } from 'ingot'

class Database {
  readonly log: string[] = []
}

class Transaction {
  constructor(readonly database: Database) {}

  write(row: string) {
    if (row === '') throw new Error('an empty row')
    this.database.log.push(`write ${row}`)
  }
}

// #region transaction
const transaction = scoped(
  Transaction,
  [Database, Hooks],
  (database, hooks) => {
    database.log.push('begin')
    // Before the head of the response leaves; a commit that fails fails the request.
    hooks.afterHandler((outcome) => {
      database.log.push(outcome.ok ? 'commit' : 'roll back')
    })
    return new Transaction(database)
  },
  // After the last byte, or when the client left.
  { dispose: ({ database }) => database.log.push('release'), isExclusive: true },
)
// #endregion

const write = inject([Transaction, Query('row')], function write(transaction, row) {
  transaction.write(row)
  return 'written'
})

export const database = new Database()

export const app = new App({
  components: [singleton(Database, [], () => database), transaction],
  routes: [route.post('/rows', write)],
  onError: () => {},
})
