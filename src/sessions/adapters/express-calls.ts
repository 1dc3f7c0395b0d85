import { anObjectWith } from '../../di/index.js'

/** The methods that are used of a store for express-session: connect-pg-simple, session-file-store and many others. */
export interface ExpressStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- each store types sessions in its own way
  get(id: string, callback: (error: any, session?: any) => void): unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  set(id: string, session: any, callback?: (error?: any) => void): unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  destroy(id: string, callback?: (error?: any) => void): unknown
}

export const anExpressStore = anObjectWith('a store for express-session', 'get', 'set', 'destroy')

/** What the store has under an id; `undefined` when there is nothing. Rejects when the store fails. */
export async function getFrom(store: Pick<ExpressStore, 'get'>, id: string): Promise<unknown> {
  const session = await promiseOf<unknown>((done) => store.get(id, done)).catch(undefinedIfNoFile)
  return session ?? undefined
}

type Done<Value> = (error?: Error | null, value?: Value) => void

/** Waits for the callback. Newer stores return a promise as well, and some reject it without calling back. */
export function promiseOf<Value = void>(start: (done: Done<Value>) => unknown): Promise<Value> {
  return new Promise((resolve, reject) => {
    const promise = start((error, value) =>
      error === undefined || error === null ? resolve(value as Value) : reject(error),
    )
    Promise.resolve(promise).catch(reject)
  })
}

/** Stores of files fail with ENOENT when there is no session, and express-session accepts that. */
function undefinedIfNoFile(error: unknown): undefined {
  if ((Object(error) as { code?: unknown }).code !== 'ENOENT') throw error
}
