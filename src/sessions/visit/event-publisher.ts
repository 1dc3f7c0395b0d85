import { createHmac, randomBytes } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { SessionOptionError } from '../errors/errors.js'
import { isBuildingSnapshot, recordKey } from '../session/session-id.js'
import type { UnpublishedEvent } from '../events/events.js'

/** Where events are published; `hasSubscribers` says whether somebody listens. */
export const sessionChannel = channel('ingot:session')

/** Publishes what happens to the sessions of one store. */
export class EventPublisher {
  readonly #store: string
  readonly #as: string
  readonly #key: string | undefined

  /** @throws SessionOptionError when `eventKey` is too short to keep hashed ids secret. */
  constructor(store: string, as: string, eventKey?: string) {
    if (eventKey !== undefined) checkKey(eventKey)
    this.#store = store
    this.#as = as
    this.#key = eventKey
  }

  /** Does nothing while nobody listens. */
  publish(event: UnpublishedEvent, duration?: number): void {
    if (!sessionChannel.hasSubscribers) return
    const { type, reason, id, previousId, operation } = event
    const session = event.key ?? keyOf(id)
    sessionChannel.publish({
      type,
      reason,
      store: this.#store,
      as: this.#as,
      session: this.#hash(session),
      previous: this.#hash(keyOf(previousId)),
      duration,
      operation,
    })
  }

  /** What events have in place of an id. */
  hashOf(id: string): string {
    return this.#hash(recordKey(id))!
  }

  /** Shorter than an id and than a key, so that nothing takes it for one. */
  #hash(key: string | undefined): string | undefined {
    if (key === undefined) return undefined
    return createHmac('sha256', this.#key ?? ownKey())
      .update(key)
      .digest('base64url')
      .slice(0, 22)
  }
}

let key: Uint8Array | undefined

/**
 * One for all stores of a process, so that the hashes of different stores match. Made when it is first needed, and
 * not kept in a start-up snapshot: processes that begin with it have keys of their own.
 */
function ownKey(): Uint8Array {
  if (key) return key
  const made = randomBytes(32)
  return isBuildingSnapshot() ? made : (key = made)
}

/** An id is hashed by way of its record key, so that events that know only the key give the same hash. */
function keyOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : recordKey(id)
}

function checkKey(eventKey: unknown): void {
  if (typeof eventKey === 'string' && Buffer.byteLength(eventKey) >= 32) return
  throw new SessionOptionError('eventKey', 'must be text of at least 32 random bytes.')
}
