import type { ObservedStep } from '../../di/index.js'
import {
  editorOf,
  sessionFacts,
  sessionKeys,
  sessionValues,
} from '../../sessions/inspection/index.js'
import { AGE, type Answer, type EventFacts, type Question, type StoredFacts } from '../messages.js'

/** What a request did to its sessions. */
export interface NotedSessions {
  readonly stored: readonly StoredFacts[]
  readonly unstored: readonly string[]
  /** Those whose activity was noted, and nothing else. */
  readonly touched: readonly { readonly key: string; readonly store: string; readonly as: string }[]
  /** The session that an event is about. */
  keyFor(event: EventFacts): string | undefined
}

interface NotedRequest {
  readonly id: string
  readonly at: number
  readonly events: readonly EventFacts[]
}

/** The sessions that requests have opened since the program began, as the last of those requests left them. */
export class SeenSessions {
  readonly #sessions = new Map<string, unknown>()
  /** Keys by the hashes that events have. */
  readonly #keys = new Map<string, string>()
  /** The last hash of each kind of session, by request. */
  readonly #hashes = new Map<string, Map<string, string>>()

  keyOf(hash: string | undefined): string | undefined {
    return hash === undefined ? undefined : this.#keys.get(hash)
  }

  /** Notes the hash that an event of a request has for its session. */
  noteHash(request: string, as: string, hash: string): void {
    const hashes = this.#hashes.get(request) ?? new Map<string, string>()
    this.#hashes.set(request, hashes.set(as, hash))
  }

  note({ id, at, events }: NotedRequest, steps: readonly ObservedStep[]): NotedSessions {
    const hashes = this.#hashes.get(id)
    this.#hashes.delete(id)
    const stored: StoredFacts[] = []
    const unstored: string[] = []
    const touched: { key: string; store: string; as: string }[] = []
    for (const { label, value } of steps) {
      // Each session that is asked for begins with an event; what a store's `load` gave is the same session.
      const own = events.filter(({ as }) => label.includes(as))
      if (own.length === 0) continue
      if (own.some(({ reason }) => reason === 'SESSION_TOO_LARGE'))
        unstored.push(...sessionKeys(value).map(({ name, bytes }) => `${name}: ${bytes} bytes`))
      const facts = sessionFacts(value)
      if (!facts || stored.some(({ key }) => key === facts.key)) continue
      const { store, as } = own[0]!
      stored.push({ ...facts, store })
      this.#keep(facts.key, value)
      const hash = hashes?.get(as)
      if (hash !== undefined) this.#keys.set(hash, facts.key)
      const isLoaded = own.every(({ type }) => type === 'loaded')
      if (isLoaded && (facts.seenAt ?? 0) >= at) touched.push({ key: facts.key, store, as })
    }
    // A refused cookie names another session than the one that the request then began.
    const keyFor = ({ type, as }: EventFacts): string | undefined =>
      type === 'refused' || type === 'fresh' ? undefined : this.keyOf(hashes?.get(as))
    return { stored, unstored, touched, keyFor }
  }

  /** Does what the page asks. */
  async answer({ session, what }: Question): Promise<Answer> {
    const found = this.#sessions.get(session)
    if (found === undefined)
      return { refused: 'No request has used this session since the last reload: make one.' }
    if (what === 'values') return { values: sessionValues(found) }
    const editor = editorOf(found)
    if (!editor)
      return {
        refused: 'Its store keeps sessions in a way of its own, which this page cannot change.',
      }
    return what === 'age' ? editor.age(AGE) : editor[what]()
  }

  #keep(key: string, session: unknown): void {
    this.#sessions.delete(key)
    this.#sessions.set(key, session)
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break
      this.#sessions.delete(oldest)
    }
  }
}

const MOST_SESSIONS = 200
