import { HttpError } from '../http/index.js'
import { SessionError, SessionStoreError } from './errors.js'

/** What a store is asked to do. */
export type StoreWork = 'load' | 'dump' | 'take'

/**
 * What a failing store becomes: 503 with Retry-After, for the visitor may come again; the cause is
 * reported without what a client library puts into its errors. A mistake of the application stays itself.
 */
export function storeFailure(error: unknown, doing: StoreWork): Error {
  if (error instanceof HttpError) return error
  if (error instanceof SessionError && !(error instanceof SessionStoreError)) return error
  return new HttpError(503, `The session could not be ${doing === 'load' ? 'loaded' : 'stored'}.`, {
    code: doing === 'load' ? 'SESSION_LOAD' : 'SESSION_DUMP',
    headers: { 'retry-after': '1' },
    cause: error instanceof SessionError ? error : redacted(error, doing),
  })
}

/** Of an error that is not ours what kind it was and where, and no word of its text: texts hold keys and passwords. */
function redacted(error: unknown, doing: StoreWork): SessionStoreError {
  const { name, code, stack } = Object(error) as { name?: unknown; code?: unknown; stack?: unknown }
  const word = [name, code].filter((part) => typeof part === 'string' && /^\w{1,40}$/.test(part))
  const failure = new SessionStoreError(
    `the session store failed to ${doing}: ${word.join(' ') || 'no error object'} (its message is not shown)`,
  )
  const frames =
    typeof stack === 'string' ? stack.split('\n').filter((line) => FRAME.test(line)) : []
  if (frames.length > 0) failure.stack = [String(failure), ...frames].join('\n')
  return failure
}

const FRAME = /^ {4}at [^\n]{1,300}$/
