import type { EventFacts } from '../messages.js'
import type { KnownSession } from '../session-list.js'
import type { Finding } from './finding.js'

/** What is known beside an event. */
export interface EventContext {
  /** The session that the cookie named, as it was last seen. */
  readonly session: KnownSession | undefined
  /** `POST /logout` */
  readonly request: string
  /** Counts the starts of the program. */
  readonly run: number
  readonly time: (at: number) => string
}

/** What an event of a session means to whoever looks for a reason; nothing for what is ordinary. */
export function sessionFinding(event: EventFacts, context: EventContext): Finding | undefined {
  const { request } = context
  switch (event.type) {
    case 'refused':
      return {
        kind: 'session',
        title: `${request} came with a cookie that opens no session: ${event.reason}`,
        ...(event.reason === 'unknown' ? whyUnknown(context) : whyRefused(event, context)),
      }
    case 'failed':
      return event.reason === 'SESSION_TOO_LARGE' ? undefined : failed(event, request)
    case 'breaker':
      if (event.reason !== 'opened') return undefined
      return {
        kind: 'store',
        title: `${event.store} is away`,
        why: 'Its calls failed again and again, so they now fail at once; one probe per interval looks whether it is back.',
        remedy:
          'Start the store, or look at its address. Visitors without a cookie are served meanwhile.',
      }
    case 'lost':
      return {
        kind: 'session',
        title: `What ${request} wrote to the session is lost: ${event.reason}`,
        why: LOST[event.reason] ?? '',
        remedy: 'The visitor got a 409 or 401, or the handler had failed.',
      }
    case 'corrupt':
      return {
        kind: 'session',
        title: `A value of the session of ${request} is damaged`,
        why: 'Its text is none that the serializer has written.',
        remedy: 'Delete the key. It was changed in the store, or another program writes to it.',
      }
    default:
      return undefined
  }
}

const LOST: Readonly<Record<string, string>> = {
  gone: 'The session was destroyed, revoked or evicted while the handler ran.',
  expired: 'The session expired while the handler ran.',
  'handler-failed': 'The handler failed, and `save: "success"` drops what it wrote.',
}

function failed({ store, operation, reason }: EventFacts, request: string): Finding {
  return {
    kind: 'store',
    title: `${store} failed in ${request}: ${reason}`,
    why: FAILED[reason] ?? `Its ${operation} failed with ${reason}.`,
    remedy:
      operation === 'touch'
        ? 'No data is lost: only the activity was not noted.'
        : 'The visitor got a 503 and can try again. Start the store, or look at its address and its log.',
  }
}

const FAILED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens where the store should be: it is down, or the address is wrong.',
  ENOTFOUND: 'The name of its host is not known.',
  timeout: 'It did not answer by the deadline.',
  unavailable: 'There is no connection to it.',
  overloaded: 'Too many calls were waiting (`maxCalls`).',
  'breaker-open': 'It failed again and again before, so it was not asked.',
}

type Reason = Pick<Finding, 'why' | 'remedy'>

function whyUnknown({ session, run, time }: EventContext): Reason {
  if (!session)
    return {
      why: 'No session has its id, and none was seen here: it is older than this page, or of another application on this host.',
      remedy:
        "Two applications on one host share cookies. Give the store a name of its own: `name: '__Host-shop'`.",
    }
  const { end, store, expiresAt, limitAt, seenAt } = session
  if (end)
    return {
      why: `The session ${session.key} ended at ${time(end.at)}: ${end.why}.`,
      remedy: LOG_IN,
    }
  if (store === 'MemoryStore' && session.run !== run)
    return {
      why: 'The reload emptied the MemoryStore: its sessions end with the process.',
      remedy:
        'Log in again, or develop with a store that outlives a reload: a CookieStore, Redis, or SQL.',
    }
  if (limitAt !== undefined && limitAt <= Date.now()) return expired(session, time)
  if (expiresAt !== undefined && seenAt !== undefined && expiresAt <= Date.now())
    return expired(session, time)
  return {
    why: `The session ${session.key} was there, and is no more: somebody else deleted it, the store evicted it, or the store began anew with nothing in it.`,
    remedy:
      'Look at the memory policy of the store, whether it keeps what it has when it starts again, and at other programs that write to it.',
  }
}

const LOG_IN = 'The visitor begins a new session.'

function expired(
  { idleTimeout, limitAt, seenAt, key }: KnownSession,
  time: EventContext['time'],
): Reason {
  if (limitAt !== undefined && limitAt <= Date.now())
    return {
      why: `The session ${key} reached its absolute timeout at ${time(limitAt)}, however active it was.`,
      remedy: 'Raise `absoluteTimeout` of the store, or use `session.remember`.',
    }
  return {
    why: `Nothing happened in the session ${key} for its idle timeout of ${idleTimeout} seconds. The last activity was noted at ${time(seenAt ?? 0)}.`,
    remedy: 'Raise `idleTimeout` of the store.',
  }
}

function whyRefused({ reason }: EventFacts, { session, time }: EventContext): Reason {
  if (reason === 'expired-idle' || reason === 'expired-absolute') {
    const limits = session
      ? ` Idle timeout: ${session.idleTimeout} seconds, absolute timeout: ${session.absoluteTimeout} seconds; the last activity was noted at ${time(session.seenAt ?? 0)}.`
      : ''
    const which = reason === 'expired-idle' ? 'idle' : 'absolute'
    return {
      why: `The session has reached its ${which} timeout.${limits}${session?.end ? ` ${session.end.why}.` : ''}`,
      remedy: `Raise \`${which}Timeout\` of the store.`,
    }
  }
  const why = REFUSED[reason] ?? 'The cookie was refused.'
  return { why: session?.end ? `${why} ${session.end.why}.` : why, remedy: LOG_IN }
}

const REFUSED: Readonly<Record<string, string>> = {
  malformed:
    'It has not the form of ours: cut, lengthened, invented, or of another application on this host.',
  'unknown-version': 'It begins with a version that this library does not write.',
  'unknown-key':
    'It was made with none of the secrets: the secret changed (a random one changes with each reload), or another application made it.',
  tampered: 'It was made with one of the secrets, and changed since.',
  corrupt: 'What is stored under its id is no session.',
  'too-large': 'What is stored under its id is larger than the store writes.',
  future: 'Its times are ahead: a clock was set back.',
  superseded: 'The browser sent two live cookies of this name, and this is the older one.',
  replaced: '`regenerate()` gave the session another id, and the grace period is over.',
  revoked: 'It was revoked before its sealed end.',
  schema: 'The schema of the application refuses its data.',
  moved: 'It is of the old system, and its session has ended since.',
}
