import { readFileSync } from 'node:fs'
import { App, Cookies, HttpError, Query, route, securityHeaders } from '../http/index.js'
import type { History } from './history.js'
import { SESSION_ACTIONS, type Answer, type Question } from './messages.js'

/** Asks the program about a session. */
export type Ask = (question: Omit<Question, 'id'>) => Promise<Answer>

/**
 * The page beside the application. Only this machine reaches it: it is served at the loopback address, refuses other
 * hosts, under which a page of a stranger could reach it (DNS rebinding), and what its buttons send is refused from
 * pages of other origins, as every application does.
 */
export function pageApp(history: History, ask: Ask): App {
  return new App({
    allowedHosts: ['localhost', '127.0.0.1'],
    middleware: [securityHeaders({ 'x-frame-options': 'DENY', 'content-security-policy': POLICY })],
    routes: [
      ...FILES.map(([path, file, type]) => route.get(path, [], () => fileOf(file, type))),
      route.get('/state', [Cookies], (cookies) => ({
        ...history.state,
        own: history.sessions.ofCookies(valuesOf(cookies)),
      })),
      route.get('/changes', [AbortSignal], (signal) => changesOf(history, signal)),
      route.get('/plan', [Query('route')], (name) => planOf(history, name).words),
      route.get('/picture', [Query('route')], (name) => svg(planOf(history, name).picture)),
      route.post('/session', [FormData], (form) => act(form, history, ask)),
    ],
  })
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/page.css', 'page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
  ['/element.js', 'element.js', 'text/javascript; charset=utf-8'],
  ['/requests.js', 'requests.js', 'text/javascript; charset=utf-8'],
  ['/sessions.js', 'sessions.js', 'text/javascript; charset=utf-8'],
] as const

/** The files are no TypeScript, so the package has them where they were written: in `src`. */
function fileOf(file: string, type: string): Response {
  const text = readFileSync(new URL(`../../src/dev/page/${file}`, import.meta.url))
  return new Response(text, { headers: { 'content-type': type, 'cache-control': 'no-cache' } })
}

function svg(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'image/svg+xml' } })
}

function planOf(history: History, name: string) {
  const found = history.route(name)
  if (!found) throw new HttpError(404, `There is no route '${name}'.`)
  return found
}

function valuesOf(cookies: Cookies): string[] {
  return [...cookies].map(([, value]) => value)
}

/** Server-sent events: one for each change, of which the page then asks for the state. */
function changesOf(history: History, signal: AbortSignal): Response {
  let stop = (): void => {}
  const bytes = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(stream) {
      let isDue = false
      const tell = (): void => {
        isDue = false
        if (!signal.aborted) stream.enqueue(bytes.encode('data: changed\n\n'))
      }
      const unlisten = history.listen(() => {
        if (!isDue) setImmediate(tell)
        isDue = true
      })
      stop = (): void => {
        unlisten()
        signal.removeEventListener('abort', end)
      }
      const end = (): void => {
        stop()
        stream.close()
      }
      signal.addEventListener('abort', end)
      tell()
    },
    cancel: () => stop(),
  })
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
  })
}

async function act(form: FormData, history: History, ask: Ask): Promise<Response> {
  const [session, wanted] = [form.get('session'), form.get('what')]
  const what = SESSION_ACTIONS.find((known) => known === wanted)
  if (typeof session !== 'string' || !what)
    throw new HttpError(400, 'It names no session and button.')
  const answer = await ask({ session, what })
  const { cookie, ...shown } = { cookie: undefined, ...answer }
  if (!('refused' in answer) && what !== 'values') {
    history.sessions.edited(session, what, cookie)
    history.changed()
  }
  const response = Response.json(shown, { headers: { 'cache-control': 'no-store' } })
  // Cookies know no ports, so this page can give the browser a cookie of the application.
  if (cookie !== undefined) response.headers.append('set-cookie', cookie)
  return response
}
