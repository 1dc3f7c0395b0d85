import { SessionLostError, SessionTooLargeError } from '../errors/errors.js'
import { causeOf } from '../calls/store-failure.js'
import type { SessionState } from '../session/session-state.js'
import type { VisitEvents } from './visit-events.js'
import type { VisitPolicy } from './visit-policy.js'

/**
 * Ends a dump that failed.
 *
 * @throws the error of the request, unless the visitor loses nothing: only their activity could not be noted.
 */
export function dumpFailed(
  state: SessionState,
  error: unknown,
  { lostStatus, onWarning }: VisitPolicy,
  events: VisitEvents | undefined,
): void {
  state.abandonedDumps += 1
  const isTouch = state.status === 'clean'
  const isLost = error instanceof SessionLostError
  if (!isTouch || !isLost) events?.failed(isTouch ? 'touch' : 'dump', error, state.storedId)
  events?.end()
  if (isLost) {
    if (!isTouch) throw new SessionLostError(error.reason, lostStatus)
    return
  }
  const cause = causeOf(error)
  // `onError` gets no 413, but the operator has to know which keys are large.
  if (isTouch || cause instanceof SessionTooLargeError) onWarning(cause as Error)
  if (!isTouch) throw error
}

/** A value that cannot be stored is a change, too. */
export function isChanged(state: SessionState): boolean {
  try {
    return !state.fields.changes().isEmpty
  } catch {
    return true
  }
}
