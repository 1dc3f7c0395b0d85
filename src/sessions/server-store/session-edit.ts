import { changedMetadata, type SessionMetadata } from '../session/expiry.js'
import {
  checkSize,
  fieldsIn,
  textIn,
  type RecordDraft,
  type StoredSession,
} from '../session/record.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { nextStep, type WriteStep } from '../store/next-step.js'
import { emitStepEvents } from '../store/step-events.js'
import type { RecordEdit } from './record-writes.js'

/** What a session has changed: put into the record as it is by then. */
export class SessionEdit implements RecordEdit {
  readonly known: StoredSession
  readonly deadline: number
  /** What the session wants by now: replaying its updates may change that. */
  step: WriteStep
  readonly #session: Session
  /** The metadata as this request loaded it; what differs from it is the request's own change. */
  readonly #loaded: SessionMetadata
  readonly #maxSize: number
  readonly #abandonedDumps: number

  constructor(
    session: Session,
    step: WriteStep,
    known: StoredSession,
    loaded: SessionMetadata = known.metadata,
    { maxSize }: { readonly maxSize: number },
  ) {
    const { deadline = Infinity, abandonedDumps } = stateOf(session)
    this.known = known
    this.deadline = deadline
    this.step = step
    this.#session = session
    this.#loaded = loaded
    this.#maxSize = maxSize
    this.#abandonedDumps = abandonedDumps
  }

  /** The times and facts as the session has them. */
  get metadata(): SessionMetadata {
    const { step } = this
    return 'record' in step ? step.record.metadata : this.#loaded
  }

  isAwaited(): boolean {
    return stateOf(this.#session).abandonedDumps === this.#abandonedDumps
  }

  applyTo(draft: RecordDraft): RecordDraft {
    const isMoved =
      draft.known.version !== this.known.version || draft.metadata !== draft.known.metadata
    if (isMoved && this.#isStale(draft)) this.#replayOn(draft)
    const { step } = this
    if (step.kind !== 'patch' && step.kind !== 'regenerate') return draft
    const { changes, record } = step
    const seenAt = Math.max(draft.metadata.seenAt, record.metadata.seenAt)
    // Mostly nobody else has changed them.
    const metadata: SessionMetadata =
      draft.metadata === this.#loaded
        ? { ...record.metadata, seenAt }
        : { ...draft.metadata, ...changedMetadata(this.#loaded, record.metadata), seenAt }
    const isAlone = changes.isCleared || draft.texts.size === 0
    const texts = isAlone ? changes.texts : new Map([...draft.texts, ...changes.texts])
    const { known, notes } = draft
    const isCleared = changes.isCleared || draft.isCleared
    const merged: RecordDraft = { known, notes, metadata, isCleared, texts }
    let length = known.text.length
    for (const [name, text] of texts) length += name.length + (text?.length ?? 0)
    // A character takes three bytes at most, so that most records need not be counted.
    if (length * 3 > this.#maxSize) checkSize({ metadata, fields: fieldsIn(merged) }, this.#maxSize)
    return merged
  }

  overtaken(): void {
    const state = stateOf(this.#session)
    if (state.emit) emitStepEvents(state, this.step, 'taken')
  }

  /** Whether the change depends on what others have changed, so that it is not merged as it is. */
  #isStale(draft: RecordDraft): boolean {
    const { step } = this
    if (step.kind !== 'patch') return true
    const { isCleared, updated } = step.changes
    if (isCleared || draft.metadata.lifetime !== this.known.metadata.lifetime) return true
    for (const [field, expected] of updated) if (textIn(draft, field) !== expected) return true
    return false
  }

  /** Runs the request's `update`s again, on what is stored by now. */
  #replayOn(draft: RecordDraft): void {
    this.overtaken()
    const { fields } = stateOf(this.#session)
    const updated = [...fields.changes().updated.keys()]
    fields.replay(new Map(updated.map((field) => [field, textIn(draft, field)])))
    this.step = nextStep(this.#session)
  }
}
