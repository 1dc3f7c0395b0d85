import type { Cookies } from '../../http/index.js'
import type { StoreCalls } from '../calls/store-calls.js'
import type { Session } from '../session/session.js'
import type { DataSchema } from './data-schema.js'
import type { EventPublisher } from './event-publisher.js'
import type { SessionEnds } from './session-end.js'

/** The policy that every visit of an application follows. */
export interface VisitPolicy {
  readonly save: 'always' | 'success'
  /** The status when what a handler wrote is lost. */
  readonly lostStatus: 401 | 409
  readonly calls: StoreCalls
  readonly schema: DataSchema | undefined
  readonly events: EventPublisher
  readonly ends: SessionEnds
  /** What handlers ask for, when it is a subclass of `Session`. */
  readonly subclass: typeof Session | undefined
  /** Whether the store has to look up what the cookies of a request name. */
  readonly looksUp: (cookies: Cookies) => boolean
  /** Takes what `onError` does not get: failures that did not fail the request, and sessions too large. */
  readonly onWarning: (error: Error) => void
}
