import type { Cookie } from '../../http/index.js'
import type { SessionBackend, WriteOutcome } from '../backend/session-backend.js'
import {
  SessionConflictError,
  SessionLostError,
  SessionUnconfirmedError,
} from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import { MadeRecord } from './made-record.js'
import { WritableRecord } from './writable-record.js'
import { nextStep, type WriteStep } from '../store/next-step.js'
import type { StoredSession } from '../session/record.js'
import { recordKey } from '../session/session-id.js'
import type { TouchThrottle } from './touch-throttle.js'
import type { SessionCookie } from '../store/session-cookie.js'
import type { SessionRecords } from './session-records.js'
import type { SessionState } from '../session/session-state.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { emitStepEvents } from '../store/step-events.js'
import type { KeyedQueue } from '../calls/keyed-queue.js'

/** What the writers of all sessions of a store share. */
export interface WriterTools {
  readonly cookie: SessionCookie
  /** Milliseconds after which a request that other requests keep overtaking gives up. */
  readonly conflictTimeoutMs: number
  /** Each writer leaves the record as it wrote it, so that the next one need not read it. */
  readonly queue: KeyedQueue<StoredSession>
  readonly touchThrottle: TouchThrottle
}

/** Carries out what `nextStep` decides, for one session of one request, until it is applied. */
export class SessionWriter {
  readonly #records: SessionRecords
  readonly #tools: WriterTools
  #record: WritableRecord | undefined
  readonly #made: MadeRecord
  readonly backend: SessionBackend

  /** @param loaded the record of the session, when the backend has one. */
  constructor(
    records: SessionRecords,
    tools: WriterTools,
    loaded?: { key: string; stored: StoredSession },
  ) {
    this.#records = records
    this.#tools = tools
    this.#made = new MadeRecord(records)
    this.backend = records.backend
    if (loaded) this.#record = new WritableRecord(records, loaded.key, loaded.stored)
  }

  /**
   * Writes what the request changed, and nothing else.
   *
   * @returns the cookie, when the browser has to learn something.
   * @throws SessionLostError when the session is gone, and something was to be written to it.
   * @throws SessionConflictError when other requests were faster again and again, or one regenerated the id.
   */
  dump(session: Session): undefined | Promise<Cookie | undefined> {
    const step = nextStep(session)
    return step.kind === 'nothing' ? undefined : this.#dump(session, step)
  }

  async #dump(session: Session, step: WriteStep): Promise<Cookie | undefined> {
    const call = callOf(stateOf(session))
    const first = await this.#carryOut(session, step, call)
    if (first.outcome !== 'taken') return cookieOf(first)
    return this.#tools.queue.take(this.#stored.key, async (previous, leave) => {
      // Time in the queue of this process does not count: nobody has overtaken this request there.
      const giveUpAt = this.#giveUpAt(call)
      let isAssumed = previous !== undefined && dependsOnFieldsAlone(step)
      if (isAssumed) this.#stored.assume(previous as StoredSession)
      // A request that was already answered with an error must not write any more.
      while (performance.now() < giveUpAt && call.isAwaited()) {
        // Another request destroyed the session, and this one must not bring it back.
        if (!isAssumed && !(await this.#stored.refresh())) throw new SessionLostError()
        isAssumed = false
        const again = await this.#carryOut(session, this.#replayed(session), call)
        if (again.outcome === 'landed') leave(this.#stored.known)
        if (again.outcome !== 'taken') return cookieOf(again)
      }
      throw overtaken('what this one wrote was not stored')
    })
  }

  /** Removes a field at once; of several requests only one gets its text. */
  async takeField(field: string, deadline = Infinity): Promise<string | undefined> {
    const giveUpAt = this.#giveUpAt({ deadline })
    const record = this.#stored
    return this.#tools.queue.take(record.key, async () => {
      do {
        const text = record.known.fields.get(field)
        if (text === undefined) return undefined
        const outcome = await record.take(field, text, deadline)
        if (outcome !== 'taken') return outcome === 'landed' ? text : undefined
        if (!(await record.refresh())) return undefined
      } while (performance.now() < giveUpAt)
      throw overtaken('nothing was taken')
    })
  }

  get #stored(): WritableRecord {
    if (!this.#record) throw new TypeError('the session is not stored yet')
    return this.#record
  }

  #giveUpAt({ deadline }: Pick<Call, 'deadline'>): number {
    return Math.min(performance.now() + this.#tools.conflictTimeoutMs, deadline)
  }

  async #carryOut(session: Session, step: WriteStep, call: Call): Promise<StepResult> {
    const result = await this.#apply(session, step, call)
    const state = stateOf(session)
    if (state.emit) emitStepEvents(state, step, result.outcome)
    return result
  }

  async #apply(session: Session, step: WriteStep, call: Call): Promise<StepResult> {
    switch (step.kind) {
      case 'nothing':
        return DONE
      case 'touch':
        return this.#touch(step.metadata, call)
      case 'create':
        return this.#createFirst(step, call)
      case 'patch': {
        this.#records.checkSize(step.record)
        const outcome = await this.#stored.patch(step, call.deadline)
        const sendsCookie = step.sendsCookie && outcome === 'landed'
        return { outcome, cookie: sendsCookie ? this.#cookieOf(step) : undefined }
      }
      case 'regenerate':
        return this.#regenerate(step, call)
      case 'destroy':
        if (step.id !== undefined) await this.#records.destroy(recordKey(step.id), call.deadline)
        return { outcome: 'landed', cookie: this.#tools.cookie.clear() }
    }
  }

  async #touch(metadata: SessionMetadata, { deadline }: Call): Promise<StepResult> {
    const { key, known } = this.#stored
    const { expiry } = this.#records.policy
    const isNoted = (last: number): boolean =>
      last > known.metadata.seenAt && !expiry.isTouchDue({ ...metadata, seenAt: last })
    await this.#tools.touchThrottle.note(key, metadata.seenAt, isNoted, async () => {
      // Deleted, or written by another request: then there is nothing left to note.
      await this.#stored.touch(metadata, deadline)
    })
    return DONE
  }

  async #createFirst(step: WriteStep & { kind: 'create' }, call: Call): Promise<StepResult> {
    const { id, destroyedId, record } = step
    if (destroyedId !== undefined) {
      await this.#records.destroy(recordKey(destroyedId), call.deadline)
    }
    const made = await this.#made.create(id, record, call.deadline)
    this.#record = new WritableRecord(this.#records, recordKey(id), made)
    return { outcome: 'landed', cookie: this.#cookieOf(step) }
  }

  /**
   * Creates the successor first: after an interruption one of the ids still works. What others wrote in the
   * meantime makes a conflict, and the next attempt includes it. When the request was already answered with an
   * error, its visitor has to find the session under the old id.
   */
  async #regenerate(step: WriteStep & { kind: 'regenerate' }, call: Call): Promise<StepResult> {
    const record = this.#stored
    const key = recordKey(step.id)
    const { metadata } = step.record
    const fields = record.fieldsOfSuccessor(step.changes)
    const notes = { predecessor: record.key }
    const made = await this.#made.create(step.id, { metadata, fields, notes }, call.deadline)
    let outcome: StepResult['outcome'] = 'unknown'
    try {
      if (call.isAwaited()) outcome = await record.replace(key, call.deadline)
    } catch (error) {
      // Without waiting: the store may be down, and the visitor has waited long enough.
      void this.#takeBack(error, record, key).catch(() => {})
      throw error
    }
    if (outcome === 'landed' && call.isAwaited()) {
      this.#record = new WritableRecord(this.#records, key, made)
      // The entry leads to an id that is only read, and expires by itself: nobody has to wait for its end.
      void this.#records.removeFromIndex(record.key, record.known.metadata)
      return { outcome, cookie: this.#cookieOf(step) }
    }
    if (outcome === 'landed') await record.restore(key)
    await this.#made.delete(key)
    return { outcome: outcome === 'landed' ? 'unknown' : outcome, cookie: undefined }
  }

  /** It is not known whether the old id was replaced: it gets its rights back, and the new one is deleted. */
  async #takeBack(error: unknown, record: WritableRecord, successor: string): Promise<void> {
    if (!(error instanceof SessionUnconfirmedError)) await record.restore(successor)
    await this.#made.delete(successor)
  }

  /** Runs the request's `update`s again, on what the backend holds by now. */
  #replayed(session: Session): WriteStep {
    const { fields } = stateOf(session)
    const updated = [...fields.changes().updated.keys()]
    const fresh = this.#stored.known.fields
    fields.replay(new Map(updated.map((field) => [field, fresh.get(field)])))
    return nextStep(session)
  }

  #cookieOf({ id, record }: WriteStep & { kind: 'create' | 'patch' | 'regenerate' }): Cookie {
    return this.#tools.cookie.carry(id, record.metadata, this.#records.policy.expiry)
  }
}

/** How a step ended, and the cookie that the browser has to get. */
interface StepResult {
  /** `unknown`: nobody waits any more, and what may have landed was undone. */
  readonly outcome: WriteOutcome | 'unknown'
  readonly cookie: Cookie | undefined
}

/** The call of the store that is carried out, for a visitor who has not yet been told that it failed. */
interface Call {
  /** When they are told so, on the clock of `performance.now`: nothing may land afterwards. */
  readonly deadline: number
  isAwaited(): boolean
}

function callOf(state: SessionState): Call {
  const { abandonedDumps, deadline = Infinity } = state
  return { deadline, isAwaited: () => state.abandonedDumps === abandonedDumps }
}

function cookieOf({ outcome, cookie }: StepResult): Cookie | undefined {
  if (outcome === 'lost') throw new SessionLostError()
  return cookie
}

const DONE: StepResult = { outcome: 'landed', cookie: undefined }

/** Whether a step depends on the texts of fields alone, and not on a version that was read. */
function dependsOnFieldsAlone(step: WriteStep): boolean {
  return step.kind === 'patch' && !step.changes.isCleared
}

function overtaken(consequence: string): SessionConflictError {
  return new SessionConflictError(
    `other requests changed the session again and again; ${consequence}`,
  )
}
