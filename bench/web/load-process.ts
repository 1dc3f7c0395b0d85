// Makes requests on kept connections, one after the other on each, for some time.
import { Connection } from './connection.js'

/** What is to be asked and by whom; then, for how long. */
export type Order =
  | {
      readonly order: 'open'
      readonly port: number
      readonly requests: readonly (readonly string[])[]
    }
  | { readonly order: 'run'; readonly milliseconds: number; readonly staysAwake: boolean }

/** All answers, and the time from the first request to the last answer. */
export interface Count {
  readonly answers: number
  readonly seconds: number
}

interface Caller {
  readonly connection: Connection
  readonly requests: readonly Buffer[]
}

let callers: readonly Caller[] = []

process.on('message', (order: Order) => {
  void carriedOut(order).then((count) => process.send!(count))
})
process.once('disconnect', () => process.exit())

async function carriedOut(order: Order): Promise<Count> {
  if (order.order === 'run') return run(order)
  const { port, requests } = order
  callers = await Promise.all(
    requests.map(async (each) => {
      const connection = await Connection.open(port)
      return { connection, requests: each.map((request) => Buffer.from(request, 'latin1')) }
    }),
  )
  return { answers: 0, seconds: 0 }
}

async function run({ milliseconds, staysAwake }: Order & { order: 'run' }): Promise<Count> {
  const start = performance.now()
  const end = start + milliseconds
  // Who sleeps is woken by the answer, which costs the server's core up to 15 µs, and the more often the slower it is.
  let isAwake = staysAwake
  const stayAwake = (): void => {
    if (isAwake) setImmediate(stayAwake)
  }
  stayAwake()
  const answers = await Promise.all(callers.map((caller) => repeat(caller, end)))
  const seconds = (performance.now() - start) / 1000
  isAwake = false
  for (const { connection } of callers) connection.close()
  return { answers: answers.reduce((sum, count) => sum + count, 0), seconds }
}

/** The number of answers. */
function repeat({ connection, requests }: Caller, end: number): Promise<number> {
  let answers = 0
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const request = requests[answers % requests.length]!
      connection.send(request, (status) => {
        if (status !== 200) return reject(new Error(`It answered ${status} to ${request}`))
        answers += 1
        if (performance.now() < end) next()
        else resolve(answers)
      })
    }
    next()
  })
}
