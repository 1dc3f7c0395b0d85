import type { Cookie } from '../../http/index.js'
import type { SessionBackend, WriteOutcome } from '../backend/session-backend.js'
import { SessionConflictError } from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import { HeldRecord } from './held-record.js'
import { nextStep, type WriteStep } from '../store/next-step.js'
import type { RecordNotes, StoredSession } from '../session/record.js'
import { recordKey } from '../session/session-id.js'
import type { TouchThrottle } from './touch-throttle.js'
import type { SessionCookie } from '../store/session-cookie.js'
import type { SessionRecords } from './session-records.js'
import type { SessionState } from '../session/session-state.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { emitStepEvents } from '../store/step-events.js'
import type { KeyedQueue } from '../calls/keyed-queue.js'

/** What a store keeps for the writers of all its sessions. */
export interface WriterTools {
  readonly cookie: SessionCookie
  /** Milliseconds after which contending with other requests for a session is given up. */
  readonly conflictTimeoutMs: number
  /** Who has written leaves the record as it is now, which spares the next one to read it. */
  readonly queue: KeyedQueue<StoredSession>
  readonly touchThrottle: TouchThrottle
}

/** Carries out what the life cycle decides, for one session of one request, until it has landed. */
export class SessionWriter {
  readonly #records: SessionRecords
  readonly #tools: WriterTools
  #record: HeldRecord | undefined
  /** The key of the record that was made last, or begun to be made. */
  #begun: string | undefined

  constructor(records: SessionRecords, tools: WriterTools) {
    this.#records = records
    this.#tools = tools
  }

  get backend(): SessionBackend {
    return this.#records.backend
  }

  /** Notes the record that the session has in the backend. */
  hold(key: string, stored: StoredSession): void {
    this.#record = new HeldRecord(this.#records, key, stored)
  }

  /**
   * Writes what the request changed, and nothing else.
   *
   * @returns the cookie, when the browser has to learn something.
   * @throws SessionConflictError when other requests were faster again and again, or one renewed the id.
   */
  dump(session: Session): undefined | Promise<Cookie | undefined> {
    const step = nextStep(session)
    return step.kind === 'nothing' ? undefined : this.#dump(session, step)
  }

  async #dump(session: Session, step: WriteStep): Promise<Cookie | undefined> {
    const state = stateOf(session)
    const { abandonedDumps } = state
    const first = await this.#carryOut(session, step)
    if (first.outcome !== 'conflict') return first.cookie
    return this.#tools.queue.take(this.#held.key, async (left, leave) => {
      // Who waits for others of this process has not been overtaken yet.
      const giveUpAt = performance.now() + this.#tools.conflictTimeoutMs
      if (left && isByField(step)) this.#held.assume(left)
      else left = undefined
      // Told meanwhile that it failed, it must not write any more.
      while (performance.now() < giveUpAt && state.abandonedDumps === abandonedDumps) {
        // Destroyed by another request: the session is over, and this one must not bring it back.
        if (!left && !(await this.#held.refresh())) {
          state.emit?.({ type: 'lost', reason: 'gone', id: state.storedId })
          return undefined
        }
        left = undefined
        const again = await this.#carryOut(session, this.#replayed(session))
        if (again.outcome === 'applied') leave(this.#held.known)
        if (again.outcome !== 'conflict') return again.cookie
      }
      throw overtaken('what this one wrote was not stored')
    })
  }

  /** Removes a field at once; only one of those who try gets its text. */
  async takeField(field: string): Promise<string | undefined> {
    const giveUpAt = performance.now() + this.#tools.conflictTimeoutMs
    const held = this.#held
    return this.#tools.queue.take(held.key, async () => {
      do {
        const text = held.known.fields.get(field)
        if (text === undefined) return undefined
        const outcome = await held.take(field, text)
        if (outcome !== 'conflict') return outcome === 'applied' ? text : undefined
        if (!(await held.refresh())) return undefined
      } while (performance.now() < giveUpAt)
      throw overtaken('nothing was taken')
    })
  }

  get #held(): HeldRecord {
    if (!this.#record) throw new TypeError('the session is not stored yet')
    return this.#record
  }

  async #carryOut(session: Session, step: WriteStep): Promise<Taken> {
    const taken = await this.#take(session, step)
    const state = stateOf(session)
    if (state.emit) emitStepEvents(state, step, taken.outcome)
    return taken
  }

  async #take(session: Session, step: WriteStep): Promise<Taken> {
    switch (step.kind) {
      case 'nothing':
        return LANDED
      case 'touch':
        return this.#touch(step.metadata)
      case 'create':
        return this.#create(step)
      case 'patch': {
        this.#records.checkSize(step.record.fields)
        const outcome = await this.#held.patch(step)
        const isTold = step.sendsCookie && outcome === 'applied'
        return { outcome, cookie: isTold ? this.#cookieOf(step) : undefined }
      }
      case 'regenerate':
        return this.#regenerate(stateOf(session), step)
      case 'destroy':
        await this.#records.destroy(recordKey(step.id))
        return { outcome: 'applied', cookie: this.#tools.cookie.clear() }
    }
  }

  async #touch(metadata: SessionMetadata): Promise<Taken> {
    const { touchThrottle } = this.#tools
    const { key, known } = this.#held
    const last = touchThrottle.lastOf(key)
    const isRenewed = last > known.metadata.seenAt
    if (isRenewed && !this.#records.policy.expiry.isTouchDue({ ...metadata, seenAt: last })) {
      return LANDED
    }
    touchThrottle.note(key, metadata.seenAt)
    try {
      // Gone, or written by another request: then nothing is left to note.
      await this.#held.touch(metadata)
    } catch (error) {
      touchThrottle.forget(key)
      throw error
    }
    return LANDED
  }

  async #create(step: WriteStep & { kind: 'create' }): Promise<Taken> {
    const { id, destroyedId, record } = step
    if (destroyedId !== undefined) await this.#records.destroy(recordKey(destroyedId))
    this.hold(recordKey(id), await this.#make(step, record.fields))
    return { outcome: 'applied', cookie: this.#cookieOf(step) }
  }

  /**
   * The successor first: who is interrupted between the two steps can go on with one of the ids. What
   * others wrote in the meantime makes a conflict, and is taken along in the next attempt. When the request
   * was told meanwhile that it failed, its visitor has to find the session under the old id.
   */
  async #regenerate(state: SessionState, step: WriteStep & { kind: 'regenerate' }): Promise<Taken> {
    const { abandonedDumps } = state
    const held = this.#held
    const key = recordKey(step.id)
    const fields = held.fieldsOfSuccessor(step.changes)
    const made = await this.#make(step, fields, { predecessor: held.key })
    const isWanted = () => state.abandonedDumps === abandonedDumps
    const outcome = isWanted() ? await held.replace(key) : 'missing'
    if (outcome === 'applied' && isWanted()) {
      this.hold(key, made)
      await this.#records.forget(held.key, held.known.metadata)
      return { outcome, cookie: this.#cookieOf(step) }
    }
    if (outcome === 'applied') await held.restore(key)
    await this.#records.discard(key, made)
    return { outcome: outcome === 'applied' ? 'missing' : outcome, cookie: undefined }
  }

  /** Makes a record, in place of one that an attempt which was given up has made of it. */
  async #make(
    { id, record }: WriteStep & { kind: 'create' | 'regenerate' },
    fields: ReadonlyMap<string, string>,
    notes?: RecordNotes,
  ): Promise<StoredSession> {
    const key = recordKey(id)
    if (this.#begun === key) await this.backend.destroy(key)
    this.#begun = key
    return this.#records.make(id, record.metadata, fields, notes)
  }

  /** Makes the request's `update`s again on what the backend holds by now. */
  #replayed(session: Session): WriteStep {
    const { fields } = stateOf(session)
    const updated = [...fields.changes().updated.keys()]
    const fresh = this.#held.known.fields
    fields.replay(new Map(updated.map((field) => [field, fresh.get(field)])))
    return nextStep(session)
  }

  #cookieOf({ id, record }: WriteStep & { kind: 'create' | 'patch' | 'regenerate' }): Cookie {
    return this.#tools.cookie.carry(id, record.metadata, this.#records.policy.expiry)
  }
}

/** How a step ended, and what the browser has to learn of it. */
interface Taken {
  readonly outcome: WriteOutcome
  readonly cookie: Cookie | undefined
}

const LANDED: Taken = { outcome: 'applied', cookie: undefined }

/** Whether a step depends on the texts of fields alone, and not on the version of a record that was read. */
function isByField(step: WriteStep): boolean {
  return step.kind === 'patch' && !step.changes.isCleared
}

function overtaken(consequence: string): SessionConflictError {
  return new SessionConflictError(
    `other requests changed the session again and again; ${consequence}`,
  )
}
