import type { RecordPatch, WriteOutcome } from '../backend/session-backend.js'
import { SessionConflictError } from '../errors/errors.js'
import type { SessionMetadata } from '../session/expiry.js'
import type { FieldChanges } from '../session/field-changes.js'
import type { WriteStep } from '../store/next-step.js'
import { metadataFields, noteFields, type StoredSession } from '../session/record.js'
import type { SessionRecords } from './session-records.js'

/** A record as one request read it, and how to write to it what the request changed. */
export class WritableRecord {
  readonly key: string
  readonly #records: SessionRecords
  #known: StoredSession
  /** The metadata as this request loaded it; what differs from it is the request's own change. */
  #loaded: SessionMetadata

  constructor(records: SessionRecords, key: string, known: StoredSession) {
    this.#records = records
    this.key = key
    this.#known = known
    this.#loaded = known.metadata
  }

  /** The record as it was last read. */
  get known(): StoredSession {
    return this.#known
  }

  /**
   * Reads the record again, after a conflict.
   *
   * @returns whether it is still there.
   * @throws SessionConflictError when another request has replaced it.
   */
  async refresh(): Promise<boolean> {
    const fresh = await this.#records.read(this.key)
    if (!fresh) return false
    if (fresh.notes.replacedUntil !== undefined) {
      throw new SessionConflictError(
        'another request gave the session a new id; what this one wrote was not stored',
        'replaced',
      )
    }
    this.#known = fresh
    return true
  }

  /** Assumes the previous writer's record; a wrong guess is caught as a conflict. */
  assume(previous: StoredSession): void {
    this.#known = previous
  }

  async touch({ seenAt }: SessionMetadata, deadline?: number): Promise<WriteOutcome> {
    const ttl = this.#records.timeToLive({ ...this.#known.metadata, seenAt })
    const { backend } = this.#records
    const fields = metadataFields({ seenAt })
    return backend.touch(this.key, this.#known.version, fields, ttl, deadline)
  }

  async patch(
    { changes, record }: WriteStep & { kind: 'patch' },
    deadline?: number,
  ): Promise<WriteOutcome> {
    const times = timesBetween(this.#loaded, record.metadata)
    const set = written(changes)
    const deleted = [...changes.removed]
    if (changes.isCleared) {
      for (const field of this.#known.fields.keys()) if (!set.has(field)) deleted.push(field)
    }
    for (const [name, time] of Object.entries(times)) {
      if (time === undefined) deleted.push(`m:${name}`)
      else set.set(`m:${name}`, JSON.stringify(time))
    }
    const expected = new Map<string, string | undefined>()
    for (const [field, update] of changes.updated) expected.set(field, update.expected)
    const version = changes.isCleared ? { version: this.#known.version } : {}
    const metadata = { ...this.#known.metadata, ...times }
    const patch = { set, deleted, expected, ...version }
    const write = () => this.#write(patch, metadata, deadline)
    const outcome =
      'lifetime' in times
        ? await this.#records.indexed(this.key, metadata, deadline, write)
        : await write()
    if (outcome === 'landed') {
      this.#known = { ...this.#known, metadata, fields: fieldsAfter(this.#known.fields, patch) }
      this.#loaded = record.metadata
    }
    return outcome
  }

  /** Removes a field if it still has the text that is known. */
  async take(field: string, text: string, deadline?: number): Promise<WriteOutcome> {
    const seenAt = this.#records.policy.expiry.clock()
    const set = metadataFields({ seenAt })
    const patch = { set, deleted: [field], expected: new Map([[field, text]]) }
    return this.#write(patch, { ...this.#known.metadata, seenAt }, deadline)
  }

  /** The fields of the session under its next id: those of the record, with the request's changes. */
  fieldsOfSuccessor(changes: FieldChanges): Map<string, string> {
    const fields = new Map(changes.isCleared ? [] : this.#known.fields)
    for (const field of changes.removed) fields.delete(field)
    for (const [field, text] of written(changes)) fields.set(field, text)
    return fields
  }

  /**
   * Ends writing to the record: for the grace it can be read as it is now, without what the request that
   * regenerates the id has written. Only if nobody has written to it since it was read.
   */
  async replace(successor: string, deadline?: number): Promise<WriteOutcome> {
    const { regenerateGrace, expiry } = this.#records.policy
    const now = expiry.clock()
    const replacedUntil = Math.min(now + regenerateGrace, expiry.endOf(this.#known.metadata))
    const patch = {
      set: noteFields({ replacedUntil, successor }),
      version: this.#known.version,
      isEnd: true,
    }
    const { backend } = this.#records
    const since = performance.now()
    const outcome = await backend.patch(this.key, patch, Math.max(1, replacedUntil - now), deadline)
    if (outcome === 'landed') await backend.confirm?.(since)
    return outcome
  }

  /** Undoes `replace`, when the request no longer awaits the successor. */
  async restore(successor: string): Promise<void> {
    const deleted = ['n:replacedUntil', 'n:successor']
    const patch = { set: new Map<string, string>(), deleted, expected: noteFields({ successor }) }
    await this.#records.backend.patch(
      this.key,
      patch,
      this.#records.timeToLive(this.#known.metadata),
    )
  }

  /** A replaced record takes no write; nor does one whose lifetime another request changed. */
  async #write(
    patch: RecordPatch,
    metadata: SessionMetadata,
    deadline: number | undefined,
  ): Promise<WriteOutcome> {
    const { lifetime } = this.#known.metadata
    const expected = new Map(patch.expected)
    expected.set('n:replacedUntil', undefined)
    expected.set('m:lifetime', lifetime === undefined ? undefined : JSON.stringify(lifetime))
    const ttl = this.#records.timeToLive(metadata)
    return this.#records.backend.patch(this.key, { ...patch, expected }, ttl, deadline)
  }
}

/** The fields after a patch. The version is not known: others may have written as well. */
function fieldsAfter(
  before: ReadonlyMap<string, string>,
  { set, deleted = [] }: RecordPatch,
): Map<string, string> {
  const fields = new Map(before)
  for (const field of deleted) fields.delete(field)
  for (const [field, text] of set) if (!field.startsWith('m:')) fields.set(field, text)
  return fields
}

function written(changes: FieldChanges): Map<string, string> {
  const fields = new Map(changes.set)
  for (const [field, { text }] of changes.updated) fields.set(field, text)
  return fields
}

/** The metadata that differ; what was removed is there with `undefined`. */
function timesBetween(before: SessionMetadata, after: SessionMetadata): Partial<SessionMetadata> {
  const changed: Partial<Record<keyof SessionMetadata, unknown>> = {}
  for (const name of Object.keys(after) as (keyof SessionMetadata)[]) {
    if (after[name] !== before[name]) changed[name] = after[name]
  }
  for (const name of Object.keys(before) as (keyof SessionMetadata)[]) {
    if (before[name] !== undefined && after[name] === undefined) changed[name] = undefined
  }
  return changed as Partial<SessionMetadata>
}
