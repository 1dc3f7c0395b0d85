import type { Cookie } from '../http/index.js'
import type { SessionBackend, WriteOutcome } from './backend/session-backend.js'
import { SessionConflictError } from './errors.js'
import type { SessionMetadata } from './expiry.js'
import { HeldRecord } from './held-record.js'
import { nextStep, type Step } from './life-cycle.js'
import type { StoredSession } from './record-fields.js'
import { recordKey } from './record-key.js'
import type { Renewals } from './renewals.js'
import type { SessionCookie } from './session-cookie.js'
import type { SessionRecords } from './session-records.js'
import { stateOf } from './session-view.js'
import type { Session } from './session.js'
import { tellOutcome } from './tell-outcome.js'
import type { Turns } from './turns.js'

/** What a store keeps for the writers of all its sessions. */
export interface WriterTools {
  readonly cookie: SessionCookie
  /** Milliseconds after which contending with other requests for a session is given up. */
  readonly patience: number
  readonly turns: Turns
  readonly renewals: Renewals
}

/** Carries out what the life cycle decides, for one session of one request, until it has landed. */
export class SessionWriter {
  readonly #records: SessionRecords
  readonly #tools: WriterTools
  #record: HeldRecord | undefined

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

  async #dump(session: Session, step: Step): Promise<Cookie | undefined> {
    const giveUpAt = performance.now() + this.#tools.patience
    const first = await this.#carryOut(session, step)
    if (first.outcome !== 'conflict') return first.cookie
    return this.#tools.turns.take(this.#held.key, async () => {
      while (performance.now() < giveUpAt) {
        // Destroyed by another request: the session is over, and this one must not bring it back.
        if (!(await this.#held.refresh())) {
          const { storedId: id, tell } = stateOf(session)
          tell?.({ type: 'lost', reason: 'gone', id })
          return undefined
        }
        const again = await this.#carryOut(session, this.#replayed(session))
        if (again.outcome !== 'conflict') return again.cookie
      }
      throw overtaken('what this one wrote was not stored')
    })
  }

  /** Removes a field at once; only one of those who try gets its text. */
  async takeField(field: string): Promise<string | undefined> {
    const giveUpAt = performance.now() + this.#tools.patience
    const held = this.#held
    return this.#tools.turns.take(held.key, async () => {
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

  async #carryOut(session: Session, step: Step): Promise<Taken> {
    const taken = await this.#take(step)
    tellOutcome(stateOf(session), step, taken.outcome)
    return taken
  }

  async #take(step: Step): Promise<Taken> {
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
      case 'renew':
        return this.#renew(step)
      case 'destroy':
        await this.#records.destroy(recordKey(step.id))
        return { outcome: 'applied', cookie: this.#tools.cookie.clear() }
    }
  }

  async #touch(metadata: SessionMetadata): Promise<Taken> {
    const { renewals } = this.#tools
    const { key, known } = this.#held
    const last = renewals.lastOf(key)
    const isRenewed = last > known.metadata.seenAt
    if (isRenewed && !this.#records.policy.expiry.isRenewalDue({ ...metadata, seenAt: last })) {
      return LANDED
    }
    renewals.note(key, metadata.seenAt)
    try {
      // Gone, or written by another request: then nothing is left to note.
      await this.#held.touch(metadata)
    } catch (error) {
      renewals.forget(key)
      throw error
    }
    return LANDED
  }

  async #create(step: Step & { kind: 'create' }): Promise<Taken> {
    const { id, endedId, record } = step
    if (endedId !== undefined) await this.#records.destroy(recordKey(endedId))
    this.hold(recordKey(id), await this.#records.make(id, record.metadata, record.fields))
    return { outcome: 'applied', cookie: this.#cookieOf(step) }
  }

  /**
   * The successor first: who is interrupted between the two steps can go on with one of the ids. What
   * others wrote in the meantime makes a conflict, and is taken along in the next attempt.
   */
  async #renew(step: Step & { kind: 'renew' }): Promise<Taken> {
    const held = this.#held
    const fields = held.fieldsOfSuccessor(step.changes)
    const notes = { predecessor: held.key }
    const made = await this.#records.make(step.id, step.record.metadata, fields, notes)
    const outcome = await held.replace(recordKey(step.id))
    if (outcome !== 'applied') {
      await this.#records.discard(recordKey(step.id), made)
      return { outcome, cookie: undefined }
    }
    this.hold(recordKey(step.id), made)
    await this.#records.forget(held.key, held.known.metadata)
    return { outcome, cookie: this.#cookieOf(step) }
  }

  /** Makes the request's `update`s again on what the backend holds by now. */
  #replayed(session: Session): Step {
    const { fields } = stateOf(session)
    const updated = [...fields.changes().updated.keys()]
    const fresh = this.#held.known.fields
    fields.replay(new Map(updated.map((field) => [field, fresh.get(field)])))
    return nextStep(session)
  }

  #cookieOf({ id, record }: Step & { kind: 'create' | 'patch' | 'renew' }): Cookie {
    return this.#tools.cookie.carry(id, record.metadata, this.#records.policy.expiry)
  }
}

/** How a step ended, and what the browser has to learn of it. */
interface Taken {
  readonly outcome: WriteOutcome
  readonly cookie: Cookie | undefined
}

const LANDED: Taken = { outcome: 'applied', cookie: undefined }

function overtaken(consequence: string): SessionConflictError {
  return new SessionConflictError(
    `other requests changed the session again and again; ${consequence}`,
  )
}
