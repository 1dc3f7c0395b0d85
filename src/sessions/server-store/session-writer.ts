import type { Cookie } from '../../http/index.js'
import type { SessionBackend, WriteOutcome } from '../backend/session-backend.js'
import { SessionConflictError } from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import { WritableRecord } from './writable-record.js'
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
  /** The key of the record that was created last, or whose creation began last. */
  #lastCreatedKey: string | undefined
  readonly backend: SessionBackend

  /** @param loaded the record of the session, when the backend has one. */
  constructor(
    records: SessionRecords,
    tools: WriterTools,
    loaded?: { key: string; stored: StoredSession },
  ) {
    this.#records = records
    this.#tools = tools
    this.backend = records.backend
    if (loaded) this.#record = new WritableRecord(records, loaded.key, loaded.stored)
  }

  /**
   * Writes what the request changed, and nothing else.
   *
   * @returns the cookie, when the browser has to learn something.
   * @throws SessionConflictError when other requests were faster again and again, or one regenerated the id.
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
    return this.#tools.queue.take(this.#stored.key, async (previous, leave) => {
      // Time in the queue of this process does not count: nobody has overtaken this request there.
      const giveUpAt = performance.now() + this.#tools.conflictTimeoutMs
      let isAssumed = previous !== undefined && dependsOnFieldsAlone(step)
      if (isAssumed) this.#stored.assume(previous as StoredSession)
      // A request that was already answered with an error must not write any more.
      while (performance.now() < giveUpAt && state.abandonedDumps === abandonedDumps) {
        // Another request destroyed the session, and this one must not bring it back.
        if (!isAssumed && !(await this.#stored.refresh())) {
          state.emit?.({ type: 'lost', reason: 'gone', id: state.storedId })
          return undefined
        }
        isAssumed = false
        const again = await this.#carryOut(session, this.#replayed(session))
        if (again.outcome === 'applied') leave(this.#stored.known)
        if (again.outcome !== 'conflict') return again.cookie
      }
      throw overtaken('what this one wrote was not stored')
    })
  }

  /** Removes a field at once; of several requests only one gets its text. */
  async takeField(field: string): Promise<string | undefined> {
    const giveUpAt = performance.now() + this.#tools.conflictTimeoutMs
    const record = this.#stored
    return this.#tools.queue.take(record.key, async () => {
      do {
        const text = record.known.fields.get(field)
        if (text === undefined) return undefined
        const outcome = await record.take(field, text)
        if (outcome !== 'conflict') return outcome === 'applied' ? text : undefined
        if (!(await record.refresh())) return undefined
      } while (performance.now() < giveUpAt)
      throw overtaken('nothing was taken')
    })
  }

  get #stored(): WritableRecord {
    if (!this.#record) throw new TypeError('the session is not stored yet')
    return this.#record
  }

  async #carryOut(session: Session, step: WriteStep): Promise<StepResult> {
    const result = await this.#apply(session, step)
    const state = stateOf(session)
    if (state.emit) emitStepEvents(state, step, result.outcome)
    return result
  }

  async #apply(session: Session, step: WriteStep): Promise<StepResult> {
    switch (step.kind) {
      case 'nothing':
        return DONE
      case 'touch':
        return this.#touch(step.metadata)
      case 'create':
        return this.#createFirst(step)
      case 'patch': {
        this.#records.checkSize(step.record)
        const outcome = await this.#stored.patch(step)
        const sendsCookie = step.sendsCookie && outcome === 'applied'
        return { outcome, cookie: sendsCookie ? this.#cookieOf(step) : undefined }
      }
      case 'regenerate':
        return this.#regenerate(stateOf(session), step)
      case 'destroy':
        await this.#records.destroy(recordKey(step.id))
        return { outcome: 'applied', cookie: this.#tools.cookie.clear() }
    }
  }

  async #touch(metadata: SessionMetadata): Promise<StepResult> {
    const { touchThrottle } = this.#tools
    const { key, known } = this.#stored
    const last = touchThrottle.lastOf(key)
    const wasTouched = last > known.metadata.seenAt
    if (wasTouched && !this.#records.policy.expiry.isTouchDue({ ...metadata, seenAt: last })) {
      return DONE
    }
    touchThrottle.note(key, metadata.seenAt)
    try {
      // Deleted, or written by another request: then there is nothing left to note.
      await this.#stored.touch(metadata)
    } catch (error) {
      touchThrottle.delete(key)
      throw error
    }
    return DONE
  }

  async #createFirst(step: WriteStep & { kind: 'create' }): Promise<StepResult> {
    const { id, destroyedId, record } = step
    if (destroyedId !== undefined) await this.#records.destroy(recordKey(destroyedId))
    const made = await this.#create(step, record.fields)
    this.#record = new WritableRecord(this.#records, recordKey(id), made)
    return { outcome: 'applied', cookie: this.#cookieOf(step) }
  }

  /**
   * Creates the successor first: after an interruption between the two steps one of the ids still works. What
   * others wrote in the meantime makes a conflict, and the next attempt includes it. When the request was
   * already answered with an error, its visitor has to find the session under the old id.
   */
  async #regenerate(
    state: SessionState,
    step: WriteStep & { kind: 'regenerate' },
  ): Promise<StepResult> {
    const { abandonedDumps } = state
    const record = this.#stored
    const key = recordKey(step.id)
    const fields = record.fieldsOfSuccessor(step.changes)
    const made = await this.#create(step, fields, { predecessor: record.key })
    const isAwaited = () => state.abandonedDumps === abandonedDumps
    const outcome = isAwaited() ? await record.replace(key) : 'missing'
    if (outcome === 'applied' && isAwaited()) {
      this.#record = new WritableRecord(this.#records, key, made)
      await this.#records.removeFromIndex(record.key, record.known.metadata)
      return { outcome, cookie: this.#cookieOf(step) }
    }
    if (outcome === 'applied') await record.restore(key)
    await this.#records.deleteUnused(key, made)
    return { outcome: outcome === 'applied' ? 'missing' : outcome, cookie: undefined }
  }

  /** Creates a record, in place of one that an earlier attempt of this dump created and gave up. */
  async #create(
    { id, record }: WriteStep & { kind: 'create' | 'regenerate' },
    fields: ReadonlyMap<string, string>,
    notes?: RecordNotes,
  ): Promise<StoredSession> {
    const key = recordKey(id)
    if (this.#lastCreatedKey === key) await this.backend.destroy(key)
    this.#lastCreatedKey = key
    return this.#records.create(id, record.metadata, fields, notes)
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
  readonly outcome: WriteOutcome
  readonly cookie: Cookie | undefined
}

const DONE: StepResult = { outcome: 'applied', cookie: undefined }

/** Whether a step depends on the texts of fields alone, and not on the version of a record that was read. */
function dependsOnFieldsAlone(step: WriteStep): boolean {
  return step.kind === 'patch' && !step.changes.isCleared
}

function overtaken(consequence: string): SessionConflictError {
  return new SessionConflictError(
    `other requests changed the session again and again; ${consequence}`,
  )
}
