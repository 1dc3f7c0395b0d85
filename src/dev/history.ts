import { CookieFindings } from './findings/cookie-findings.js'
import type { Finding } from './findings/finding.js'
import { requestFindings } from './findings/request-findings.js'
import { sessionFinding } from './findings/session-findings.js'
import type {
  BegunRequest,
  EventFacts,
  ProgramMessage,
  RequestFacts,
  RouteFacts,
  StepFacts,
} from './messages.js'
import { SessionList, type KnownSession } from './session-list.js'

/** What the page shows. Nothing of it works as a cookie. */
export interface PageState {
  readonly program: ProgramState
  readonly findings: readonly (Finding & { readonly at: number; readonly count: number })[]
  readonly requests: readonly ShownRequest[]
  readonly events: readonly EventFacts[]
  readonly sessions: readonly KnownSession[]
}

export interface ProgramState {
  readonly status: 'starting' | 'running' | 'failed'
  readonly url: string | undefined
  readonly routes: readonly string[]
  readonly notes: readonly string[]
  /** Why it does not run. */
  readonly problem: string | undefined
  /** The file whose change began this run. */
  readonly changed: string | undefined
  /** Counts the runs. */
  readonly run: number
}

/** A request; what its response brought is there once it has ended. */
export interface ShownRequest extends BegunRequest {
  readonly route?: string | undefined
  readonly status?: number
  readonly duration?: number
  readonly steps?: readonly StepFacts[]
}

const MOST = { requests: 100, events: 300, findings: 30 }

/** What happened since `ingot dev` began, over all runs of the program. */
export class History {
  readonly sessions = new SessionList()
  readonly #cookies = new CookieFindings()
  readonly #listeners = new Set<() => void>()
  #routes: readonly RouteFacts[] = []
  #program: ProgramState = {
    status: 'starting',
    url: undefined,
    routes: [],
    notes: [],
    problem: undefined,
    changed: undefined,
    run: 0,
  }
  #requests: readonly ShownRequest[] = []
  #events: readonly EventFacts[] = []
  #findings: PageState['findings'] = []

  get state(): PageState {
    return {
      program: this.#program,
      findings: this.#findings,
      requests: this.#requests,
      events: this.#events,
      sessions: this.sessions.all,
    }
  }

  get program(): ProgramState {
    return this.#program
  }

  route(name: string): RouteFacts | undefined {
    return this.#routes.find((route) => route.name === name)
  }

  /** Calls a function after each change; the result stops that. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The program starts, for the first time or because a file changed. */
  starting(changed: string | undefined): void {
    const run = this.#program.run + 1
    this.#program = { ...this.#program, status: 'starting', problem: undefined, changed, run }
    this.#requests = this.#requests.filter(({ status }) => status !== undefined)
    this.changed()
  }

  failed(problem: string): void {
    if (this.#program.status === 'failed') return
    this.#program = { ...this.#program, status: 'failed', problem }
    this.changed()
  }

  heard(message: ProgramMessage): void {
    switch (message.type) {
      case 'started': {
        const { url, notes, routes } = message
        this.#routes = routes
        const names = routes.map(({ name }) => name)
        this.#program = { ...this.#program, status: 'running', url, notes, routes: names }
        break
      }
      case 'failed':
        return this.failed(message.text)
      case 'warned':
        this.#find(message.at, [warning(message.text)])
        break
      case 'began':
        this.#requests = [message.request, ...this.#requests].slice(0, MOST.requests)
        break
      case 'event':
        this.#events = [message.event, ...this.#events].slice(0, MOST.events)
        if (message.event.request === undefined) this.#findIn(message.event, [])
        break
      case 'ended':
        this.#ended(message.request)
        break
      default:
        return
    }
    this.changed()
  }

  /** Tells those who listen. */
  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  #ended(request: RequestFacts): void {
    const { id, at, method, path, route, status, duration, steps, events } = request
    const sent = request.cookies.sent.map(([, value]) => value)
    this.#find(at, this.#cookies.of(request))
    for (const event of events) this.#findIn(event, sent, `${method} ${path}`)
    this.#find(at, requestFindings(request))
    this.sessions.note(request, this.#program.run)
    const shown = { id, at, method, path, route, status, duration, steps }
    this.#requests = this.#requests.map((other) => (other.id === id ? shown : other))
    const known = new Map(events.map((event) => [`${event.type} ${event.reason}`, event]))
    // By now it is known which session they are about.
    this.#events = this.#events.map((event) => {
      const isOld = event.request !== id || event.session !== undefined
      return isOld ? event : (known.get(`${event.type} ${event.reason}`) ?? event)
    })
  }

  #findIn(event: EventFacts, cookies: readonly string[], request = 'a call outside of requests') {
    const session = this.sessions.get(event.session ?? this.sessions.ofCookies(cookies)[0])
    const { run } = this.#program
    const found = sessionFinding(event, { session, request, run, time: timeOf })
    if (found) this.#find(event.at, [found])
  }

  /** The newest first; the same again is counted. */
  #find(at: number, findings: readonly Finding[]): void {
    for (const finding of findings) {
      const isSame = (other: Finding): boolean =>
        other.title === finding.title && (other.why === finding.why || finding.kind === 'slow')
      const count = (this.#findings.find(isSame)?.count ?? 0) + 1
      const others = this.#findings.filter((other) => !isSame(other))
      this.#findings = [{ ...finding, at, count }, ...others].slice(0, MOST.findings)
    }
  }
}

function warning(why: string): Finding {
  return { kind: 'program', title: 'The program warns', why, remedy: '' }
}

function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
