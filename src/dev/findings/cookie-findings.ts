import type { EventFacts, RequestFacts } from '../messages.js'
import type { Finding } from './finding.js'
import {
  hostnameOf,
  readSetCookie,
  reasonNotSent,
  reasonToDrop,
  type SetCookie,
} from './set-cookie.js'

/** Remembers the cookies that browsers got, and finds why one did not come back. */
export class CookieFindings {
  /** The cookies of sessions by browser and name. */
  readonly #given = new Map<string, Map<string, SetCookie>>()

  /** What is wrong with the cookies of a request. */
  of(request: RequestFacts): Finding[] {
    const given = this.#given.get(request.cookies.client) ?? new Map<string, SetCookie>()
    this.#given.set(request.cookies.client, given)
    const found = [...notSent(request, given), ...foreign(request, given)]
    for (const line of request.cookies.set) {
      const cookie = readSetCookie(line, request.cookies, request.at)
      const reason = reasonToDrop(cookie, request.cookies)
      if (reason) found.push(dropped(cookie, reason))
      if (!request.cookies.ofSessions.includes(cookie.name)) continue
      if (reason || cookie.maxAge === 0) given.delete(cookie.name)
      else given.set(cookie.name, cookie)
    }
    return found
  }
}

function dropped({ name }: SetCookie, reason: Pick<Finding, 'why' | 'remedy'>): Finding {
  return { kind: 'cookie', title: `The browser drops the cookie '${name}'`, ...reason }
}

/** A request that asked for a session and came without the cookie that this browser was given. */
function notSent(request: RequestFacts, given: ReadonlyMap<string, SetCookie>): Finding[] {
  const { cookies, events } = request
  if (!events.some(({ type, reason }) => type === 'fresh' && reason === 'no-cookie')) return []
  const missing = [...given.values()].filter(
    ({ name }) => !cookies.sent.some(([sent]) => sent === name),
  )
  return missing.map((cookie) => ({
    kind: 'cookie',
    title: `The cookie '${cookie.name}' was not sent with ${request.method} ${request.path}`,
    ...(reasonNotSent(cookie, request, cookies) ?? REMOVED),
  }))
}

const REMOVED = {
  why: 'The browser was given it, and nothing in its attributes keeps it back: it was deleted, it is blocked, or another window or program made this request.',
  remedy: "Look under Application, Cookies in the browser's tools.",
}

const MAY_BE_FOREIGN = new Set<EventFacts['reason']>([
  'malformed',
  'unknown-version',
  'unknown-key',
  'unknown',
])

/** A cookie that was refused, and has another value than this browser was given: cookies know no ports. */
function foreign(
  { cookies, events }: RequestFacts,
  given: ReadonlyMap<string, SetCookie>,
): Finding[] {
  if (!events.some(({ type, reason }) => type === 'refused' && MAY_BE_FOREIGN.has(reason)))
    return []
  const changed = [...given.values()].filter(({ name, value, host }) => {
    return (
      host === hostnameOf(cookies.host) &&
      cookies.sent.some(([sent]) => sent === name) &&
      !cookies.sent.some(([sent, text]) => sent === name && text === value)
    )
  })
  return changed.map(({ name, host }) => ({
    kind: 'cookie',
    title: `Another application on ${host} has overwritten the cookie '${name}'`,
    why: `This browser was given another value. Cookies know no ports: each application on ${host} that uses the name writes to the same cookie.`,
    remedy: "Give the store a name of its own: `name: '__Host-shop'`.",
  }))
}
