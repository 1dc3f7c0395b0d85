import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What is wrong with a fake shop. */
export type Flaw =
  | 'none'
  | 'loses notes'
  | 'counts twice'
  | 'forgets sessions'
  | 'revives sessions'
  | 'mixes visitors up'
  | 'reads damaged cookies'
  | 'sets cookies when it fails'
  | 'fails with 500'

interface Session {
  username: string | null
  visits: number
  cart: number
  notes: Record<string, string>
}

/** The routes of examples/shop that visitors use, over a map, with a flaw in some responses. */
export class FakeShop {
  readonly #sessions = new Map<string, Session>()
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  readonly #flaw: Flaw
  readonly #enough: () => void
  #requests = 0

  /** @param enough is called after a thousand requests. */
  constructor(flaw: Flaw, enough: () => void) {
    this.#flaw = flaw
    this.#enough = enough
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Whether this request gets the flaw. */
  #shows(flaw: Flaw): boolean {
    return this.#flaw === flaw && this.#requests % 7 === 0
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (++this.#requests === 1000) this.#enough()
    const body = await text(request).catch(() => '')
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const route = `${request.method} ${pathname.replace(/^\/api/, '')}`
    const cookie = request.headers.cookie ?? ''
    const pattern = this.#flaw === 'reads damaged cookies' ? /=(\d+)/ : /^__Host-session=(\d+)$/
    const id = pattern.exec(cookie)?.[1] ?? ''
    if (this.#shows('fails with 500') || this.#shows('sets cookies when it fails')) {
      if (this.#flaw !== 'fails with 500') response.setHeader('set-cookie', '__Host-session=1')
      response.writeHead(this.#flaw === 'fails with 500' ? 500 : 503).end()
      return
    }
    if (this.#shows('forgets sessions')) this.#sessions.delete(id)
    const result = this.#resultOf(route, id, body, response)
    if (result === undefined) response.writeHead(204).end()
    else response.end(JSON.stringify(result))
  }

  #resultOf(route: string, id: string, body: string, response: ServerResponse): unknown {
    if (route === 'POST /logout') {
      if (this.#flaw !== 'revives sessions') this.#sessions.delete(id)
      response.setHeader('set-cookie', '__Host-session=; Max-Age=0')
      return undefined
    }
    const session = this.#sessions.get(id) ?? empty()
    const isWrite = !route.startsWith('GET')
    if (isWrite && (!this.#sessions.has(id) || route === 'POST /login')) {
      this.#keep(session, id, response)
    }
    if (route === 'POST /login') session.username = JSON.parse(body).username
    if (route === 'POST /visits') session.visits += this.#shows('counts twice') ? 2 : 1
    if (route.startsWith('POST /cart')) session.cart += 1
    if (route.startsWith('PUT /notes') && !this.#shows('loses notes')) {
      session.notes[decodeURIComponent(route.slice('PUT /notes/'.length))] = JSON.parse(body).text
    }
    if (isWrite) return undefined
    const seen = this.#shows('mixes visitors up') ? [...this.#sessions.values()][0]! : session
    if (route === 'GET /me') return { username: seen.username }
    if (route === 'GET /notes') return seen.notes
    return route === 'GET /visits' ? { visits: session.visits } : { count: session.cart }
  }

  /** Gives the session a new id. */
  #keep(session: Session, replaced: string, response: ServerResponse): void {
    const id = `${1_000_000 + this.#requests}`
    this.#sessions.delete(replaced)
    this.#sessions.set(id, session)
    response.setHeader('set-cookie', `__Host-session=${id}`)
  }
}

function empty(): Session {
  // Without a prototype, so that a note may have any name.
  const notes = Object.create(null) as Session['notes']
  return { username: null, visits: 0, cart: 0, notes }
}
