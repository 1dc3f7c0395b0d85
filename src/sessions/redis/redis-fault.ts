import { SessionStoreError } from '../errors/errors.js'

/**
 * Redis did not do what was asked. It holds the name of the operation and a bounded reason, never
 * what ioredis puts in its errors: the keys and values of the command.
 */
export class RedisStoreError extends SessionStoreError {
  override readonly code = 'SESSION_REDIS'
  /**
   * `timeout`, `unavailable` (no connection), the code of a network error (`ECONNREFUSED`), or the first word
   * of Redis's reply (`OOM`, `READONLY`, `NOPERM`, ...).
   */
  override readonly reason: string

  constructor(operation: string, reason: string) {
    super(`Redis did not ${operation} a session: ${explain(reason)}`, { reason })
    this.reason = reason
  }
}

/** The bounded reason of an error of ioredis; its text is not kept, because it can quote arguments. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  // The first word of an error reply is its code (RESP specification, "Simple errors").
  if (error.name === 'ReplyError') return /^[A-Z]{2,20}(?=[ :]|$)/.exec(error.message)?.[0] ?? 'ERR'
  const code: unknown = (error as NodeJS.ErrnoException).code
  if (typeof code === 'string' && /^[A-Z_0-9]{1,40}$/.test(code)) return code
  return 'unavailable'
}

function explain(reason: string): string {
  return explanations[reason] ?? `it answered or failed with ${reason}.`
}

const explanations: { readonly [reason: string]: string | undefined } = {
  timeout:
    'no answer came in time. It may hang, or the network; the option `timeout` says how long to wait.',
  unavailable: 'there is no connection. Is it running, and does the address fit?',
  ECONNREFUSED: 'nothing listens at its address (ECONNREFUSED).',
  ENOTFOUND: 'its host name has no address (ENOTFOUND).',
  NOAUTH: 'it asks for a password (NOAUTH).',
  WRONGPASS: 'it refused user name and password (WRONGPASS).',
  NOPERM:
    'the user lacks a permission (NOPERM); docs/stores.md lists the commands that sessions need.',
  OOM: 'it is out of memory (OOM); reading and destroying go on.',
  READONLY: 'it is a replica (READONLY); sessions are written to the primary.',
}
