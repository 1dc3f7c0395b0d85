import { SessionConflictError } from '../errors/errors.js'
import type { SessionOperation } from '../events/events.js'
import type { EventPublisher } from './event-publisher.js'
import {
  freshFrom,
  type UnpublishedEvent,
  type SessionOrigin,
} from '../events/unpublished-event.js'
import type { SessionState } from '../session/session-state.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { causeOf, failureReason } from '../calls/store-failure.js'

/** Publishes the events of one visit. There is none while nobody listens. */
export class VisitEvents {
  readonly #events: EventPublisher
  #beganAt: number | undefined

  constructor(events: EventPublisher) {
    this.#events = events
  }

  /** Opens a session, and tells how that ended. */
  load(open: () => Session | Promise<Session>): Session | Promise<Session> {
    const opened = (session: Session): Session => {
      this.#tellOrigin(stateOf(session))
      this.end()
      return session
    }
    const failed = (error: unknown): never => {
      this.failed('load', error)
      this.end()
      throw error
    }
    this.begin()
    try {
      const session = open()
      return session instanceof Promise ? session.then(opened, failed) : opened(session)
    } catch (error) {
      return failed(error)
    }
  }

  /** Durations count from here on. */
  begin(): void {
    this.#beganAt = performance.now()
  }

  end(): void {
    this.#beganAt = undefined
  }

  tell(news: UnpublishedEvent): void {
    const duration = this.#beganAt === undefined ? undefined : performance.now() - this.#beganAt
    this.#events.publish(news, duration)
  }

  failed(operation: SessionOperation, error: unknown, id?: string): void {
    const cause = causeOf(error)
    if (cause instanceof SessionConflictError) {
      this.tell({ type: 'conflicted', reason: cause.reason, id })
    } else this.tell({ type: 'failed', reason: failureReason(cause), operation, id })
  }

  /** What a custom store did, which tells nothing itself: it has kept all that the session asked for. */
  landed(state: SessionState): void {
    const { status, id } = state
    const { previousId } = state
    const isLogin = state.isAuthenticated
    if (status === 'new') {
      this.tell({ type: 'created', reason: isLogin ? 'authenticated' : 'written', id })
    } else if (status === 'changed') this.tell({ type: 'changed', reason: 'written', id })
    else if (status === 'regenerated') {
      this.tell({
        type: 'regenerated',
        reason: isLogin ? 'authenticated' : 'asked',
        id,
        previousId,
      })
    } else if (status === 'destroyed') {
      this.tell({ type: 'destroyed', reason: 'asked', id: previousId })
    }
  }

  #tellOrigin(state: SessionState): void {
    const { type, reason, refused } = state.origin ?? ofCustomStore(state)
    const id = state.storedId ?? refused[0]?.id
    this.tell({ type, reason, id } as UnpublishedEvent)
    // A header full of planted cookies is not to make an event of each.
    for (const each of refused.slice(0, MOST_REFUSED)) this.tell({ type: 'refused', ...each })
  }
}

const MOST_REFUSED = 4

function ofCustomStore(state: SessionState): SessionOrigin {
  if (state.isNew) return { ...freshFrom([]), type: 'fresh', reason: 'unspecified' }
  return { type: 'loaded', reason: 'live', refused: [] }
}
