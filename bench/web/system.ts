/** The applications that a system may take part with; each has the routes of its workloads. */
export type Kind =
  | 'hello'
  | 'waiting'
  | 'sealed'
  | 'signed'
  | 'redis'
  | 'memory'
  | 'postgres'
  | 'sqlite'
  | 'mysql'
  | 'inExpress'
  | 'inHono'
  | 'inFastify'

/**
 * Starts an application of a kind on a free port of 127.0.0.1, and gives the port. It is told the URL of the storage,
 * or the path of a file.
 *
 * All answer `GET /` with the text `Hello`; those of the kind `waiting` also `GET /wait`, with what
 * `held()` returns. Those with sessions have `GET /read`, which answers with the session's `count` as text, 0 in the
 * beginning, and `POST /count`, which adds one and answers the same way. The session holds all of `kept` as well,
 * written by the first `POST /count`, and `GET /kept` answers with how much of it is there. `GET /` asks for no
 * session. Those of the last three kinds are sessions in the handlers of a framework, kept in the process, and the
 * framework alone, which answers with the text `1`.
 */
export type Start = (url: string) => Promise<number>

/** What a module of `systems/` exports: the kinds it takes part with. */
export type System = { readonly [K in Kind]?: Start }

export const GREETING = 'Hello'
export const SECRET = 'b4nT8qYxW2mKcR7vZpL5sDgH9jFaEuQ3'
/** Seconds that sessions live. */
export const LIFE = 3600

const waiting: ((text: string) => void)[] = []

/** What a handler waits for; kept from outside, as by a database, so that none of it is collected. */
export function held(): Promise<string> {
  return new Promise((resolve) => waiting.push(resolve))
}

/** How many handlers wait. */
export function heldCount(): number {
  return waiting.length
}
