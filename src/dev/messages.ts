import type { SessionEvent } from '../sessions/index.js'
import type { SessionFacts } from '../sessions/inspection/index.js'

/** What the program tells the process that shows the page. */
export type ProgramMessage =
  /** It loaded a file. */
  | { readonly type: 'loaded'; readonly path: string }
  | ProgramStarted
  /** It cannot start, or it broke. */
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'warned'; readonly text: string; readonly at: number }
  | { readonly type: 'began'; readonly request: BegunRequest }
  | { readonly type: 'event'; readonly event: EventFacts }
  | { readonly type: 'ended'; readonly request: RequestFacts }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }

export interface ProgramStarted {
  readonly type: 'started'
  /** Where it listens; `undefined` when another framework does. */
  readonly url: string | undefined
  readonly routes: readonly RouteFacts[]
  /** What is to be known of the wiring. */
  readonly notes: readonly string[]
}

/** What the page asks of the program, for a session. */
export interface Question {
  readonly id: number
  readonly session: string
  readonly what: SessionAction
}

export const SESSION_ACTIONS = ['values', 'age', 'expire', 'revoke', 'damage'] as const
export type SessionAction = (typeof SESSION_ACTIONS)[number]

/** By how much the button makes a session older, in milliseconds. */
export const AGE = 10 * 60_000

export type Answer =
  | { readonly values: Readonly<Record<string, string>> }
  /** Done; the browser of the page needs the cookie. */
  | { readonly cookie?: string }
  | { readonly refused: string }

export interface RouteFacts {
  /** `GET /cart` */
  readonly name: string
  /** Its plan as SVG. */
  readonly picture: string
  /** Its plan in words: components, order, what ends after. */
  readonly words: string
}

export interface BegunRequest {
  readonly id: string
  /** In milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
}

export interface RequestFacts extends BegunRequest {
  readonly route: string | undefined
  readonly status: number
  /** In milliseconds, to the head of the response. */
  readonly duration: number
  /** Milliseconds of them in which the process computed and did nothing else. */
  readonly busy: number
  readonly steps: readonly StepFacts[]
  readonly events: readonly EventFacts[]
  readonly sessions: readonly StoredFacts[]
  /** Keys of sessions that could not be stored, the largest first. */
  readonly unstored: readonly string[]
  readonly cookies: CookieTraffic
}

/** What is known of the cookies of a request. */
export interface CookieTraffic {
  /** Tells browsers apart, roughly. */
  readonly client: string
  readonly host: string
  readonly isHttps: boolean
  readonly isCrossSite: boolean
  /** The origin of the page whose script made the request, when it is another than ours. */
  readonly scriptOrigin: string | undefined
  readonly sent: readonly (readonly [name: string, value: string])[]
  /** The lines of `Set-Cookie`. */
  readonly set: readonly string[]
  /** The names of those lines that carry a session. */
  readonly ofSessions: readonly string[]
}

export interface StepFacts {
  readonly label: string
  readonly role: 'value' | 'middleware' | 'handler'
  readonly scope: string
  /** Milliseconds since the request began. */
  readonly beganAt: number
  readonly duration: number
  /** What it threw. */
  readonly error: string | undefined
}

/** A session of a request, and the store that holds it. */
export interface StoredFacts extends SessionFacts {
  /** The class of the store. */
  readonly store: string
}

/** An event of a session as it is published; the hashes are resolved to keys of this page. */
export interface EventFacts extends Pick<SessionEvent, 'reason' | 'store' | 'as' | 'operation'> {
  /** A type of `SessionEvent`, or `touched`: activity was noted, which is no event. */
  readonly type: SessionEvent['type'] | 'touched'
  readonly at: number
  /** The id of its request. */
  readonly request: string | undefined
  readonly session: string | undefined
  readonly previous: string | undefined
}
