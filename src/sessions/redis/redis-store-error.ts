import { SessionStoreError } from '../errors/errors.js'

/**
 * A command of a store failed in Redis. The error names the address, the operation and a bounded reason: `timeout`,
 * `unavailable` (no connection), the code of a network error (`ECONNREFUSED`), or the first word of Redis's reply
 * (`OOM`, `READONLY`, `NOPERM`, ...). Errors of ioredis hold the keys and values of the command; this one never does.
 */
export class RedisStoreError extends SessionStoreError {
  override readonly code = 'SESSION_REDIS'

  constructor(operation: string, reason: string, address: string) {
    const why = explanations[reason] ?? `it answered or failed with ${reason}.`
    super(`Redis at ${address} did not ${operation} a session: ${why}`, { reason })
  }
}

/** The bounded reason of an error of ioredis. Its text can quote arguments, so it is dropped. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  // The first word of an error reply is its code (RESP specification, "Simple errors").
  if (error.name === 'ReplyError') return /^[A-Z]{2,20}(?=[ :]|$)/.exec(error.message)?.[0] ?? 'ERR'
  const code: unknown = (error as NodeJS.ErrnoException).code
  if (typeof code === 'string' && /^[A-Z_0-9]{1,40}$/.test(code)) return code
  return 'unavailable'
}

const explanations: { readonly [reason: string]: string | undefined } = {
  timeout:
    'no answer came in time. Redis or the network may hang; the option `timeoutMs` says how long to wait.',
  unavailable: 'there is no connection. Is it running, and is the address right?',
  ECONNREFUSED: 'nothing listens at its address (ECONNREFUSED).',
  ENOTFOUND: 'its host name has no address (ENOTFOUND).',
  NOAUTH: 'it asks for a password (NOAUTH).',
  WRONGPASS: 'it refused user name and password (WRONGPASS).',
  NOPERM:
    'the user lacks a permission (NOPERM); docs/stores.md lists the commands that sessions need.',
  OOM: 'it is out of memory (OOM); sessions can still be read and destroyed.',
  READONLY: 'it is a replica (READONLY); sessions are written to the primary.',
}
