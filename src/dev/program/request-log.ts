import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { subscribe, tracingChannel } from 'node:diagnostics_channel'
import type { ObservedStep } from '../../di/index.js'
import { Cookie, type Exchange } from '../../http/index.js'
import type { SessionEvent } from '../../sessions/index.js'
import type {
  CookieTraffic,
  EventFacts,
  ProgramMessage,
  RequestFacts,
  StepFacts,
} from '../messages.js'
import type { SeenSessions } from './seen-sessions.js'

/** What `ingot:request` publishes. */
interface Trace {
  readonly exchange: Exchange
  readonly steps: readonly ObservedStep[]
  readonly result?: Response
}

interface OpenRequest {
  readonly id: string
  readonly at: number
  readonly beganAt: number
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>
  readonly events: EventFacts[]
}

/** Tells of each request and of each event of a session as it happens. Begin before the application is loaded. */
export function logRequests(tell: (message: ProgramMessage) => void, seen: SeenSessions): void {
  const open = new WeakMap<object, OpenRequest>()
  const current = new AsyncLocalStorage<OpenRequest>()
  const requests = tracingChannel<OpenRequest, Trace>('ingot:request')
  let count = 0
  // Told once the response is written: the page then asks, and is to have the new cookie.
  const late = new Set<ProgramMessage>()
  const tellLate = (): void => {
    for (const message of late) tell(message)
    late.clear()
  }
  // A request may have ended the program.
  process.on('exit', tellLate)

  requests.start.bindStore(current, (trace) => {
    count += 1
    const id = `${process.pid}-${count}`
    const loop = performance.eventLoopUtilization()
    const request = { id, at: Date.now(), beganAt: performance.now(), loop, events: [] }
    open.set(trace, request)
    const { method, path } = trace.exchange
    tell({ type: 'began', request: { id, at: request.at, method, path } })
    return request
  })

  const emit = (event: EventFacts, request: OpenRequest | undefined): void => {
    request?.events.push(event)
    tell({ type: 'event', event })
  }

  subscribe('ingot:session', (message) => {
    const { type, reason, store, as, operation, session, previous } = message as SessionEvent
    const request = current.getStore()
    const hashes = { session: seen.keyOf(session), previous: seen.keyOf(previous) }
    const facts = { type, reason, store, as, operation, at: Date.now(), request: request?.id }
    emit({ ...facts, ...hashes }, request)
    if (request && session !== undefined) seen.noteHash(request.id, as, session)
  })

  subscribe('tracing:ingot:request:asyncEnd', (message) => {
    const trace = message as Trace
    const request = open.get(trace)
    if (!request) return
    // What rejects is the start of the application: its wiring is wrong.
    const { exchange, result = new Response(null, { status: 500 }) } = trace
    const sessions = seen.note(request, trace.steps)
    for (const { key, store, as } of sessions.touched) {
      const facts = { type: 'touched', reason: 'live', store, as, at: Date.now() } as const
      const hashes = { session: key, previous: undefined }
      emit({ ...facts, operation: undefined, request: request.id, ...hashes }, request)
    }
    const { id, at, events } = request
    const ended: RequestFacts = {
      id,
      at,
      method: exchange.method,
      path: exchange.path,
      route: exchange.endpoint?.hasHandler ? String(exchange.endpoint.route) : undefined,
      status: result.status,
      duration: performance.now() - request.beganAt,
      busy: performance.eventLoopUtilization(request.loop).active,
      steps: trace.steps.map((step) => stepFacts(step, request.beganAt)),
      events: events.map((event) => ({
        ...event,
        session: event.session ?? sessions.keyFor(event),
      })),
      sessions: sessions.stored,
      unstored: sessions.unstored,
      cookies: cookiesOf(trace, result),
    }
    late.add({ type: 'ended', request: ended })
    setImmediate(tellLate)
  })
}

function stepFacts(step: ObservedStep, requestBeganAt: number): StepFacts {
  const { label, role, scope, beganAt, endedAt, failure } = step
  return {
    label,
    role,
    scope,
    beganAt: beganAt - requestBeganAt,
    duration: endedAt - beganAt,
    error: failure && messageOf(failure.error),
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error ? `${error.message} (${cause.message})` : error.message
}

function cookiesOf({ exchange, steps }: Trace, response: Response): CookieTraffic {
  const set = response.headers.getSetCookie()
  // What a store's `dump` gave; over http while developing it goes under another name, with the same value.
  const given = steps.flatMap(({ value }) => (value instanceof Cookie ? [value] : []))
  const isOfSession = (line: string): boolean =>
    given.some(({ name, value }) => {
      const [sent, text] = pairOf(line)
      return sent === name || (value !== '' && text === value)
    })
  const agent = exchange.header('user-agent') ?? ''
  return {
    client: createHash('sha256').update(agent).digest('base64url').slice(0, 8),
    host: exchange.host,
    isHttps: exchange.isHttps,
    isCrossSite: exchange.header('sec-fetch-site') === 'cross-site',
    scriptOrigin: scriptOriginOf(exchange),
    sent: (exchange.header('cookie') ?? '').split(/; */).filter(Boolean).map(pairOf),
    set,
    ofSessions: set.filter(isOfSession).map((line) => pairOf(line)[0]),
  }
}

/** Browsers say so in each request (Fetch Metadata). */
function scriptOriginOf(exchange: Exchange): string | undefined {
  const isOwn = exchange.header('sec-fetch-site') === 'same-origin'
  if (isOwn || exchange.header('sec-fetch-mode') !== 'cors') return undefined
  return exchange.header('origin') ?? undefined
}

function pairOf(text: string): [name: string, value: string] {
  const pair = text.split(';', 1)[0]!
  const equals = pair.indexOf('=')
  return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
}
