import { token } from '../../di/index.js'
import type { SessionView } from './session-view.js'

/**
 * Asks for the session to read, or `undefined` while the store cannot be reached: for a page that is
 * worth showing without it. A handler that asks for `Session` is not run then; the answer is a 503.
 */
export const sessionIfAvailable = token<SessionView | undefined>('sessionIfAvailable')
