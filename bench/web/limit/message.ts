import type { IncomingMessage, ServerResponse } from 'node:http'

const COOKIE = '__Host-session'

/** The value of the session's cookie. */
export function cookieOf(request: IncomingMessage): string | undefined {
  const header = request.headers.cookie
  const start = header?.indexOf(`${COOKIE}=`) ?? -1
  if (start === -1) return undefined
  const from = start + COOKIE.length + 1
  const end = header!.indexOf(';', from)
  return end === -1 ? header!.slice(from) : header!.slice(from, end)
}

export function send(response: ServerResponse, text: string): void {
  sendWith(response, text, {})
}

/**
 * An answer that depends on the session: no cache gives it to another visitor, and when the visitor is
 * known, none keeps it.
 */
export function sendOf(response: ServerResponse, text: string, isKnown: boolean): void {
  sendWith(
    response,
    text,
    isKnown ? { 'cache-control': 'no-store', vary: 'Cookie' } : { vary: 'Cookie' },
  )
}

/** The same with the session's cookie. */
export function sendCookie(response: ServerResponse, text: string, value: string): void {
  sendWith(response, text, {
    'cache-control': 'no-store',
    vary: 'Cookie',
    'set-cookie': `${COOKIE}=${value}; Path=/; HttpOnly; Secure; SameSite=Lax`,
  })
}

function sendWith(response: ServerResponse, text: string, headers: Record<string, string>): void {
  headers['content-type'] = 'text/plain; charset=utf-8'
  headers['content-length'] = `${Buffer.byteLength(text)}`
  response.writeHead(200, headers)
  response.end(text)
}
