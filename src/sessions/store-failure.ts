import { HttpError } from '../http/index.js'
import { SessionError, SessionStoreError } from './errors.js'

/**
 * What a failing store becomes: 503 with Retry-After, for the visitor may come again; the cause is
 * reported without what a client library puts into its errors. A mistake of the application stays itself.
 */
export function storeFailure(error: unknown, doing: 'load' | 'dump'): Error {
  if (error instanceof HttpError) return error
  if (error instanceof SessionError && !(error instanceof SessionStoreError)) return error
  return new HttpError(503, `The session could not be ${doing === 'load' ? 'loaded' : 'stored'}.`, {
    code: doing === 'load' ? 'SESSION_LOAD' : 'SESSION_DUMP',
    headers: { 'retry-after': '1' },
    cause: withoutSecrets(error, doing),
  })
}

/**
 * Our own errors as they are; of any other what kind it was and where, and no word of its text: texts
 * hold keys, ids and passwords.
 */
export function withoutSecrets(error: unknown, doing: 'load' | 'dump'): SessionError {
  if (error instanceof SessionError) return error
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
