import type { RequestListener } from 'node:http'
import { GREETING } from '../system.js'
import { cookieOf, send, sendCookie, sendOf } from './message.js'
import type { Sealing } from './sealing.js'
import { begun, isRenewalDue, parsed, textOf } from './session.js'

/** Keeps the session in the cookie itself. */
export function cookieApp({ read, write }: Sealing): RequestListener {
  return (request, response) => {
    if (request.url === '/') return send(response, GREETING)
    const now = Date.now()
    const token = cookieOf(request)
    const text = token === undefined ? undefined : read(token)
    const known = text === undefined ? undefined : parsed(text, now)
    const session = known ?? begun(now)
    if (request.url === '/count') session.data.count += 1
    else if (!known || !isRenewalDue(known, now))
      return sendOf(response, textOf(request.url, session), known !== undefined)
    session.seenAt = now
    sendCookie(response, `${session.data.count}`, write(JSON.stringify(session)))
  }
}
