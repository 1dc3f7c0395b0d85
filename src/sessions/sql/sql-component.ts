import {
  describeGiven,
  singleton,
  type ClassToken,
  type Component,
  type Token,
} from '../../di/index.js'
import { SessionStoreError } from '../errors/errors.js'
import type { SqlBackend } from './sql-backend.js'
import type { SqlBackendOptions } from './sql-options.js'
import { SqlStoreError } from './sql-store-error.js'

/** Provides a backend that is connected at the start: by its class, to stores and to whoever asks for it. */
export function provideConnected<Backend extends SqlBackend>(
  backend: ClassToken<Backend>,
  options: SqlBackendOptions,
  connect: () => Promise<Backend>,
): Component<Backend> {
  return singleton(backend, [], async () => started(await connect(), options), { dispose })
}

/** Provides a backend over what the application provides by a token of its own, and closes itself. */
export function provideOver<Given, Backend extends SqlBackend>(
  backend: ClassToken<Backend>,
  token: Token<Given>,
  options: SqlBackendOptions,
  over: (given: Given) => Backend,
): Component<Backend> {
  return singleton(backend, [token], (given: Given) => started(over(given), options), { dispose })
}

function dispose(backend: SqlBackend): Promise<void> {
  return backend.close()
}

/** A database that is down must not keep the application from starting: requests are 503s until it is up. */
async function started<Backend extends SqlBackend>(
  backend: Backend,
  { onOutage = warnOfOutage }: SqlBackendOptions,
): Promise<Backend> {
  try {
    await backend.ready()
  } catch (error) {
    if (!(error instanceof SqlStoreError) || !isOutage(error)) {
      await backend.close()
      throw error
    }
    onOutage(error.reason, backend.address)
  }
  return backend
}

function isOutage({ reason }: SqlStoreError): boolean {
  return /^(?:timeout|unavailable|E[A-Z]+|08\w{3}|57P0\d|53\d{3}|ER_CON_COUNT_ERROR|SQLITE_BUSY)$/.test(
    reason,
  )
}

function warnOfOutage(reason: string, address: string): void {
  process.emitWarning(
    `The database of the sessions at ${address} cannot be reached (${reason}). Requests that need a session are answered with 503 until it is back.`,
    { code: 'INGOT_SQL_OUTAGE' },
  )
}

/** The client of an application that a backend cannot use. */
export function unknownClient(name: string, given: unknown, known: string): SessionStoreError {
  return new SessionStoreError(
    `${name}: the token leads to ${describeGiven(given)}, and has to lead to ${known}.`,
  )
}
