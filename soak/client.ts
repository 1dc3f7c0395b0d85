import { Agent, request, type IncomingMessage } from 'node:http'
import type { Findings } from './findings.js'

/** A request of a visitor. */
export interface SoakRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** The `Cookie` header. Default: what the jar holds. */
  readonly cookie?: string
  readonly json?: unknown
  readonly form?: string
  /** Milliseconds after which the visitor leaves, with or without a response. */
  readonly leaveAfter?: number
}

/** A response. `status` is 0 when there was none, and `reason` says why. */
export interface SoakResponse {
  readonly status: number
  readonly reason: string
  readonly body: string
}

/** The browser of one visitor: sends requests and keeps the session's cookie. */
export class Client {
  /** Cookies by name, each as `name=value`. */
  readonly #jar = new Map<string, string>()
  readonly #url: string
  readonly #agent: Agent
  readonly #findings: Findings
  readonly #cookiesSeen: Set<string>

  /** @param cookiesSeen collects the value of every cookie that the shop sets. */
  constructor(url: string, agent: Agent, findings: Findings, cookiesSeen: Set<string>) {
    this.#url = url
    this.#agent = agent
    this.#findings = findings
    this.#cookiesSeen = cookiesSeen
  }

  /** What the jar holds: `name=value`, several with `; ` between them, or '' for nothing. */
  get cookie(): string {
    return [...this.#jar.values()].join('; ')
  }

  set cookie(text: string) {
    this.#jar.clear()
    for (const pair of text.split('; ')) if (pair !== '') this.#jar.set(nameIn(pair), pair)
  }

  async send(given: SoakRequest): Promise<SoakResponse> {
    const response = await this.#exchange(given)
    this.#findings.count('requests')
    if (response.status >= 400 || response.status === 0) {
      this.#findings.count(`failure: ${response.status || 'no response'} ${response.reason}`)
    }
    if (response.status >= 500 && response.status !== 503) {
      this.#findings.report('unexpected responses', `${response.status} for ${nameOf(given)}`)
    }
    if (response.reason === TIMED_OUT)
      this.#findings.report('requests without a response', nameOf(given))
    return response
  }

  #exchange(given: SoakRequest): Promise<SoakResponse> {
    return new Promise((resolve) => {
      const fail = (reason: string) => resolve({ status: 0, reason, body: '' })
      const sent = request(`${this.#url}${given.path}`, {
        method: given.method ?? 'GET',
        agent: this.#agent,
        headers: headersOf(given, given.cookie ?? this.cookie),
      })
      const leave = (after: number, reason: string) => {
        const timer = setTimeout(() => {
          fail(reason)
          sent.destroy()
        }, after)
        sent.once('close', () => clearTimeout(timer))
      }
      leave(TIMEOUT, TIMED_OUT)
      if (given.leaveAfter !== undefined) leave(given.leaveAfter, ABORTED)
      sent.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name))
      sent.on('response', (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name))
        response.on('end', () => {
          if (given.cookie === undefined) this.#keep(response, given)
          const status = response.statusCode ?? 0
          resolve({ status, reason: reasonIn(body), body })
        })
      })
      sent.end(bodyOf(given))
    })
  }

  #keep(response: IncomingMessage, given: SoakRequest): void {
    for (const line of response.headers['set-cookie'] ?? []) {
      if ((response.statusCode ?? 0) >= 500) {
        this.#findings.report('cookies set by a failure', nameOf(given))
      }
      const [pair = ''] = line.split(';')
      const isEnd = pair.endsWith('=') || /;\s*max-age=0\b/i.test(line)
      if (!isEnd) this.#cookiesSeen.add(pair.slice(pair.indexOf('=') + 1))
      if (isEnd) this.#jar.delete(nameIn(pair))
      else this.#jar.set(nameIn(pair), pair)
    }
  }
}

const ABORTED = 'the visitor left'
const TIMED_OUT = 'none within 15 seconds'
/** Milliseconds. A load and a dump may take two seconds each. */
const TIMEOUT = 15_000

function headersOf({ json, form }: SoakRequest, cookie: string): Record<string, string> {
  return {
    // Browsers send this from a page of the shop, and the cross-origin guard of the shop requires it.
    'sec-fetch-site': 'same-origin',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ...(cookie !== '' && { cookie }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
}

function bodyOf({ json, form }: SoakRequest): string | undefined {
  return json === undefined ? form : JSON.stringify(json)
}

function nameIn(pair: string): string {
  return pair.slice(0, pair.indexOf('='))
}

function nameOf({ method = 'GET', path }: SoakRequest): string {
  return `${method} ${path}`
}

/** The `code` of a problem, or its `title` (RFC 9457). */
function reasonIn(body: string): string {
  const found = /"code":"([\w-]{1,80})"/.exec(body) ?? /"title":"([^"]{1,80})"/.exec(body)
  return found?.[1] ?? ''
}
