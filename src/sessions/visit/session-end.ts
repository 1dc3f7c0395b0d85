import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { noteRemedy } from '../../di/index.js'
import type { Hooks } from '../../http/index.js'
import type { Timer } from '../calls/deadline.js'
import type { StoreCalls } from '../calls/store-calls.js'
import type { SessionEvent } from '../events/events.js'
import { isSession, SESSIONS_REMEDY, stateOf, type AnySession } from '../session/session-view.js'
import { sessionChannel, type EventPublisher } from './event-publisher.js'

/**
 * Tells when the session of a request ends that goes on for long, such as a WebSocket or a stream of events: by a
 * logout, by `UserSessions`, by time, or because it got another id. An end in this process is told at once, one in
 * another process, or by time, after `endCheckInterval` at most: then the store is asked.
 */
export class SessionEnd {
  /** Aborts when the session has ended. It does not when the request ends before. */
  readonly signal: AbortSignal

  /** @internal Ask for it as a parameter. */
  constructor(signal: AbortSignal) {
    this.signal = signal
  }
}

noteRemedy(SessionEnd, SESSIONS_REMEDY)

/** What ends are found with. */
export interface SessionEndsOptions {
  readonly events: EventPublisher
  readonly calls: StoreCalls
  readonly timer: Timer
  /** Milliseconds. */
  readonly endCheckInterval: number
}

/** The sessions of one store whose end somebody waits for, in this process. */
export class SessionEnds {
  readonly #options: SessionEndsOptions
  /** By the hash that events have in place of the id. */
  readonly #open = new Map<string, Set<Watch>>()
  readonly #watches = new WeakMap<SessionEnd, Watch>()
  readonly #hear = (event: unknown): void => this.#heard(event as SessionEvent)

  constructor(options: SessionEndsOptions) {
    this.#options = options
  }

  /** @param load asks the store again, with the cookies of the request. */
  watch(session: AnySession, load: () => unknown, hooks: Hooks): SessionEnd {
    const watch = new Watch(session, this.#hashOf(session), load)
    // Only while somebody waits: every visit pays for the events that it publishes.
    if (this.#open.size === 0) subscribe(sessionChannel.name, this.#hear)
    this.#add(watch)
    this.#checkLater(watch)
    // By then the handler has given it its last id.
    hooks.afterHandler(() => this.#follow(watch))
    const end = new SessionEnd(watch.controller.signal)
    this.#watches.set(end, watch)
    return end
  }

  stop(end: SessionEnd): void {
    this.#stop(this.#watches.get(end)!)
  }

  #add(watch: Watch): void {
    const others = this.#open.get(watch.hash)
    if (others) others.add(watch)
    else this.#open.set(watch.hash, new Set([watch]))
  }

  #remove(watch: Watch): void {
    const all = this.#open.get(watch.hash)
    all?.delete(watch)
    if (all?.size === 0) this.#open.delete(watch.hash)
  }

  #stop(watch: Watch): void {
    if (watch.isOver) return
    watch.isOver = true
    this.#options.timer.clear(watch.check)
    this.#remove(watch)
    if (this.#open.size === 0) unsubscribe(sessionChannel.name, this.#hear)
  }

  #end(watch: Watch): void {
    if (watch.isOver) return
    this.#stop(watch)
    watch.controller.abort(new DOMException('The session has ended.', 'AbortError'))
  }

  #heard({ type, session, previous }: SessionEvent): void {
    const hash = type === 'regenerated' ? previous : type === 'destroyed' ? session : undefined
    for (const watch of (hash && this.#open.get(hash)) || []) {
      const now = this.#hashOf(watch.session)
      if (type === 'destroyed' || now !== session) this.#end(watch)
      else this.#follow(watch)
    }
  }

  /** The request that waits may give its session another id itself: the cookie is in the head of its response. */
  #follow(watch: Watch): void {
    if (watch.isOver) return
    this.#remove(watch)
    watch.hash = this.#hashOf(watch.session)
    this.#add(watch)
  }

  #checkLater(watch: Watch): void {
    const { timer, endCheckInterval } = this.#options
    watch.check = timer.set(() => void this.#check(watch), endCheckInterval)
    // Whoever waits for an end keeps no process alive.
    const { unref } = Object(watch.check) as { unref?: () => void }
    unref?.call(watch.check)
  }

  async #check(watch: Watch): Promise<void> {
    const { id } = watch
    // The cookies of the request do not name a session that began, or got its id, in the request itself.
    if (id === undefined || stateOf(watch.session).storedId !== id) return
    try {
      const loaded = await this.#options.calls.run('load', watch.load)
      if (!isSession(loaded)) return
      const { storedId, isReadOnly } = stateOf(loaded)
      if (storedId !== id || isReadOnly) this.#end(watch)
    } catch {
      // A store that is down cannot tell: it is asked again.
    }
    if (!watch.isOver) this.#checkLater(watch)
  }

  #hashOf(session: AnySession): string {
    return this.#options.events.hashOf(session.id)
  }
}

/** One session whose end somebody waits for. */
class Watch {
  readonly controller = new AbortController()
  readonly session: AnySession
  readonly load: () => unknown
  /** The id that it was opened with; `undefined` when it was new. */
  readonly id: string | undefined
  hash: string
  check: unknown
  isOver = false

  constructor(session: AnySession, hash: string, load: () => unknown) {
    this.session = session
    this.id = stateOf(session).storedId
    this.hash = hash
    this.load = load
  }
}
