import {
  aFunction,
  checkedElsewhere,
  describeGiven,
  describeToken,
  fromAnotherCopy,
  isObject,
  NamedToken,
  noteRemedyOfSubclasses,
  oneOf,
  type OptionRules,
  type Token,
} from '../di/index.js'
import { anExpressStore } from './adapters/express-calls.js'
import { aBackend } from './backend/session-backend.js'
import { systemTimer } from './calls/deadline.js'
import {
  FAILURE_THRESHOLD,
  STORE_CALLS_RULES,
  StoreCalls,
  type StoreCallsOptions,
} from './calls/store-calls.js'
import { SessionOptionError } from './errors/errors.js'
import { aNumber, checkSessionOptions, ownOptions } from './errors/options.js'
import type { AnyData } from './session/session-view.js'
import { Session } from './session/session.js'
import { methodsOf, nameOf, type StoreOrClass } from './store-components.js'
import { DataSchema, type DataSchemaOptions } from './visit/data-schema.js'
import { EventPublisher } from './visit/event-publisher.js'
import { SessionEnds } from './visit/session-end.js'
import type { VisitPolicy } from './visit/visit-policy.js'

/** How sessions are loaded and dumped, whatever the store. */
export interface SessionsOptions<Data extends object = AnyData>
  extends DataSchemaOptions<Data>, StoreCallsOptions {
  /**
   * What handlers ask for to get these sessions, where an application has two kinds: a subclass of `Session`
   * or a `token<Session<Admin>>('admin')`. Each store needs a cookie name of its own. Default: `Session`.
   */
  readonly as?: Token<Session<Data>>
  /**
   * When a handler fails (it throws, or answers 5xx): `always` keeps what it wrote until then, `success`
   * drops it. `destroy` and `regenerate` are never undone. Default: `always`.
   */
  readonly save?: 'always' | 'success'
  /**
   * The status when the session ended while a handler wrote to it (a logout elsewhere, a limit of time), so that
   * nothing was stored: 409, or 401 where clients then log in again. Default: 409.
   */
  readonly lostStatus?: 401 | 409
  /**
   * Gets failures that did not fail the request, sessions that are too large for the store (a 413), a store
   * that goes down and comes back, and at start-up what the store cannot promise. Default:
   * `process.emitWarning`, at most once a minute for what requests cause.
   */
  readonly onWarning?: (error: Error) => void
  /**
   * Milliseconds between two questions to the store whether a session that `SessionEnd` waits for is still there.
   * Default: 30,000.
   */
  readonly endCheckInterval?: number
  /**
   * At least 32 random bytes as text, with which events hash the ids of sessions: the same in all processes
   * whose events are to be joined. Default: random, of this process.
   */
  readonly eventKey?: string
}

/** What makes a store of something else that keeps values. */
function wrappingOf(given: unknown): string | undefined {
  if (aBackend.isFine(given)) return 'A backend becomes one: sessions(new BackendStore(backend)).'
  return anExpressStore.isFine(given)
    ? 'A store for express-session becomes one: sessions(new BackendStore(fromExpressStore(store))).'
    : undefined
}

/** @throws SessionOptionError when what `sessions` is given cannot work. */
export function checkSessions(store: StoreOrClass, options: object): void {
  const methods: unknown = typeof store === 'function' ? store.prototype : store
  const isStore = isObject(methods) && 'load' in methods && 'dump' in methods
  const elsewhere = wrappingOf(store) ?? fromAnotherCopy(store)
  if (!isStore || elsewhere !== undefined) {
    throw new SessionOptionError(
      'store',
      `must be a store or a class of stores, such as new MemoryStore(), not ${describeGiven(store)}.${elsewhere === undefined ? '' : ` ${elsewhere}`}`,
    )
  }
  checkSessionOptions<SessionsOptions<object>>(options, RULES)
}

/** @throws SessionOptionError when an option cannot work. */
export function policyOf(
  store: StoreOrClass,
  token: Token,
  given: Omit<SessionsOptions<object>, 'as'>,
): VisitPolicy {
  const options = ownOptions(given)
  const { save = 'always', lostStatus = 409, onWarning = warnOnceAMinute() } = options
  const as = token instanceof NamedToken ? token.description : describeToken(token)
  const events = new EventPublisher(nameOf(store), as, options.eventKey)
  // One node being down must not open the breaker for the whole store.
  const isPartitioned = methodsOf(store).isPartitioned?.() === true
  const { failureThreshold = isPartitioned ? Infinity : FAILURE_THRESHOLD } = options
  const bounds = { ...options, failureThreshold }
  const calls = new StoreCalls(bounds, breakerEvents(events, options.onWarning))
  const { timer = systemTimer(), endCheckInterval = 30_000 } = options
  const hasSchema = options.schema ?? options.version ?? options.migrate
  return {
    save,
    lostStatus,
    calls,
    schema: hasSchema === undefined ? undefined : new DataSchema(options, onWarning),
    events,
    ends: new SessionEnds({ events, calls, timer, endCheckInterval }),
    subclass: isSubclass(token) ? token : undefined,
    // A class is built later, and by others; then any cookie may name a session.
    looksUp: (cookies) =>
      (typeof store === 'function' ? undefined : store.looksUp?.(cookies)) ?? cookies.size > 0,
    onWarning,
  }
}

/** A handler that asks for a subclass gets an instance of it. */
function isSubclass(token: unknown): token is typeof Session {
  return typeof token === 'function' && token.prototype instanceof Session
}

noteRemedyOfSubclasses(Session, (name) => {
  const cookie = `__Host-${name.replace(/Session$/, '').toLowerCase() || 'other'}`
  return `Add \`sessions(new MemoryStore({ name: '${cookie}' }), { as: ${name} })\` to the \`components\` of the application, or with another store; \`name\` is that of its cookie.`
})

/** Opening and closing are both reported, so each has a minute of its own. */
function breakerEvents(
  events: EventPublisher,
  onWarning?: (error: Error) => void,
): (change: 'opened' | 'closed', error: Error) => void {
  const warnings = {
    opened: onWarning ?? warnOnceAMinute(),
    closed: onWarning ?? warnOnceAMinute(),
  }
  return (change, error) => {
    events.publish({ type: 'breaker', reason: change })
    warnings[change](error)
  }
}

const MINUTE = 60_000

/** A store in trouble fails for every visitor: one line says as much as a thousand. */
function warnOnceAMinute(): (error: Error) => void {
  let last = -Infinity
  return (error) => {
    if (performance.now() - last < MINUTE) return
    last = performance.now()
    warn(error)
  }
}

/** What `onWarning` does by default. */
export function warn(error: Error): void {
  process.emitWarning(error.message, 'SessionWarning')
}

const RULES: OptionRules<SessionsOptions<object>> = {
  as: {
    isFine: (as) => isSubclass(as) || as === Session || as instanceof NamedToken,
    rule: "a subclass of Session or token<Session>('name')",
  },
  save: oneOf('always', 'success'),
  lostStatus: { isFine: (status) => status === 401 || status === 409, rule: '401 or 409' },
  onWarning: aFunction,
  eventKey: checkedElsewhere,
  endCheckInterval: aNumber({ from: 100, to: 86_400_000, unit: 'milliseconds' }),
  schema: {
    isFine: (schema) => Object(schema)['~standard'] !== undefined,
    rule: 'a Standard Schema, as zod, valibot and arktype make them',
  },
  version: aNumber(),
  migrate: aFunction,
  ...STORE_CALLS_RULES,
}
