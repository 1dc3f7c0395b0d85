import { SessionConflictError, SessionLostError, SessionTooLargeError } from '../errors/errors.js'
import type { EventPublisher } from './event-publisher.js'
import {
  freshFrom,
  type SessionOperation,
  type SessionOrigin,
  type UnpublishedEvent,
} from '../events/events.js'
import type { SessionState } from '../session/session-state.js'
import { causeOf, failureReason } from '../calls/store-failure.js'
import type { VisitPolicy } from './visit-policy.js'

/** Publishes the events of one visit. There is none while nobody listens. */
export class VisitEvents {
  readonly #publisher: EventPublisher
  #beganAt: number | undefined

  constructor(publisher: EventPublisher) {
    this.#publisher = publisher
  }

  /** Emits how a session was opened. */
  loaded(state: SessionState): void {
    const { type, reason, refused } = state.origin ?? originOfCustomStore(state)
    const id = state.storedId ?? refused[0]?.id
    this.emit({ type, reason, id } as UnpublishedEvent)
    // A header full of planted cookies must not make an event of each.
    for (const each of refused.slice(0, MOST_REFUSED)) this.emit({ type: 'refused', ...each })
    this.end()
  }

  /** Emits that none could be opened. */
  notLoaded(error: unknown): void {
    this.failed('load', error)
    this.end()
  }

  /** Durations count from here on. */
  begin(): void {
    this.#beganAt = performance.now()
  }

  end(): void {
    this.#beganAt = undefined
  }

  emit(event: UnpublishedEvent): void {
    const duration = this.#beganAt === undefined ? undefined : performance.now() - this.#beganAt
    this.#publisher.publish(event, duration)
  }

  failed(operation: SessionOperation, error: unknown, id?: string): void {
    const cause = causeOf(error)
    if (cause instanceof SessionLostError) {
      this.emit({ type: 'lost', reason: cause.reason, id })
    } else if (cause instanceof SessionConflictError) {
      this.emit({ type: 'conflicted', reason: cause.reason, id })
    } else this.emit({ type: 'failed', reason: failureReason(cause), operation, id })
  }
}

const MOST_REFUSED = 4

function originOfCustomStore(state: SessionState): SessionOrigin {
  if (state.isNew) return { ...freshFrom([]), type: 'fresh', reason: 'unspecified' }
  return { type: 'loaded', reason: 'live', refused: [] }
}

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
