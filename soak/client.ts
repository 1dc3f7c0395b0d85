import { Agent, request, type IncomingMessage } from 'node:http'
import type { Findings } from './findings.js'

/** What a visitor sends. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** The `Cookie` header. Default: what the jar holds. */
  readonly cookie?: string
  readonly json?: unknown
  readonly form?: string
  /** Milliseconds after which the visitor leaves, whether or not there is an answer. */
  readonly leaveAfter?: number
}

/** What came back. `status` is 0 when no answer came, and `reason` says why. */
export interface Answer {
  readonly status: number
  readonly reason: string
  readonly body: string
}

/** The browser of one visitor: sends requests and keeps the session's cookie. */
export class Client {
  /** What the jar holds: `name=value`, or '' for nothing. */
  cookie = ''
  readonly #url: string
  readonly #agent: Agent
  readonly #findings: Findings
  readonly #cookiesSeen: Set<string>

  /** @param cookiesSeen is given the value of every cookie that the shop sets. */
  constructor(url: string, agent: Agent, findings: Findings, cookiesSeen: Set<string>) {
    this.#url = url
    this.#agent = agent
    this.#findings = findings
    this.#cookiesSeen = cookiesSeen
  }

  async send(ask: Ask): Promise<Answer> {
    const answer = await this.#exchange(ask)
    this.#findings.count('requests')
    if (answer.status >= 400 || answer.status === 0) {
      this.#findings.count(`failure: ${answer.status || 'no answer'} ${answer.reason}`)
    }
    if (answer.status >= 500 && answer.status !== 503) {
      this.#findings.report('unexpected answers', `${answer.status} for ${nameOf(ask)}`)
    }
    if (answer.reason === LATE) this.#findings.report('requests without an answer', nameOf(ask))
    return answer
  }

  #exchange(ask: Ask): Promise<Answer> {
    return new Promise((resolve) => {
      const fail = (reason: string) => resolve({ status: 0, reason, body: '' })
      const sent = request(`${this.#url}${ask.path}`, {
        method: ask.method ?? 'GET',
        agent: this.#agent,
        headers: headersOf(ask, ask.cookie ?? this.cookie),
      })
      const leave = (after: number, reason: string) => {
        const timer = setTimeout(() => {
          fail(reason)
          sent.destroy()
        }, after)
        sent.once('close', () => clearTimeout(timer))
      }
      leave(PATIENCE, LATE)
      if (ask.leaveAfter !== undefined) leave(ask.leaveAfter, LEFT)
      sent.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name))
      sent.on('response', (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name))
        response.on('end', () => {
          if (ask.cookie === undefined) this.#keep(response, ask)
          const status = response.statusCode ?? 0
          resolve({ status, reason: reasonIn(body), body })
        })
      })
      sent.end(bodyOf(ask))
    })
  }

  #keep(response: IncomingMessage, ask: Ask): void {
    for (const line of response.headers['set-cookie'] ?? []) {
      if ((response.statusCode ?? 0) >= 500) {
        this.#findings.report('cookies set by a failure', nameOf(ask))
      }
      const [pair = ''] = line.split(';')
      const isEnd = pair.endsWith('=') || /;\s*max-age=0\b/i.test(line)
      if (!isEnd) this.#cookiesSeen.add(pair.slice(pair.indexOf('=') + 1))
      this.cookie = isEnd ? '' : pair
    }
  }
}

const LEFT = 'the visitor left'
const LATE = 'none within 15 seconds'
/** In milliseconds. A load and a dump have deadlines of two seconds each. */
const PATIENCE = 15_000

function headersOf({ json, form }: Ask, cookie: string): Record<string, string> {
  return {
    // A page of the shop sends this, and the shop's guard against requests of other sites asks for it.
    'sec-fetch-site': 'same-origin',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    ...(cookie !== '' && { cookie }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
}

function bodyOf({ json, form }: Ask): string | undefined {
  return json === undefined ? form : JSON.stringify(json)
}

function nameOf({ method = 'GET', path }: Ask): string {
  return `${method} ${path}`
}

/** The `code` of a problem, or its `title` (RFC 9457). */
function reasonIn(body: string): string {
  const found = /"code":"([\w-]{1,80})"/.exec(body) ?? /"title":"([^"]{1,80})"/.exec(body)
  return found?.[1] ?? ''
}
