import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { GREETING } from '../system.js'
import { cookieOf, send, sendCookie, sendOf } from './message.js'
import { begun, isRenewalDue, parsed, secondsLeft, textOf } from './session.js'

/** Where a `serverApp` keeps sessions. */
export interface Keep {
  readonly get: (key: string) => Promise<string | null>
  readonly create: (key: string, text: string, seconds: number) => Promise<unknown>
  /** Only what is there, so that a session that was ended meanwhile stays so. */
  readonly replace: (key: string, text: string, seconds: number) => Promise<unknown>
}

/** Keeps sessions on the server, under the hash of an id that only the cookie holds. */
export function serverApp(keep: Keep): RequestListener {
  return (request, response) => {
    if (request.url === '/') return send(response, GREETING)
    answer(keep, request, response).catch(() => response.writeHead(503).end())
  }
}

async function answer(keep: Keep, request: IncomingMessage, response: ServerResponse) {
  const now = Date.now()
  const id = cookieOf(request)
  const key = id !== undefined && isId(id) ? keyOf(id) : undefined
  const text = key === undefined ? null : await keep.get(key)
  const known = text === null ? undefined : parsed(text, now)
  const session = known ?? begun(now)
  if (request.url === '/count') session.data.count += 1
  else if (!known || !isRenewalDue(known, now))
    return sendOf(response, textOf(request.url, session), known !== undefined)
  session.seenAt = now
  const seconds = secondsLeft(session, now)
  if (known) {
    await keep.replace(key!, JSON.stringify(session), seconds)
    return sendOf(response, `${session.data.count}`, true)
  }
  const fresh = randomBytes(32).toString('base64url')
  await keep.create(keyOf(fresh), JSON.stringify(session), seconds)
  sendCookie(response, `${session.data.count}`, fresh)
}

/** Nothing else reaches the store. */
function isId(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

function keyOf(id: string): string {
  return `limit:${createHash('sha256').update(id).digest('base64url')}`
}
