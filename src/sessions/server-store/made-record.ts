import type { BackendRecord } from '../backend/session-backend.js'
import type { SessionMetadata } from '../session/expiry.js'
import type { RecordContent } from '../session/record.js'
import type { SessionRecords } from './session-records.js'

/**
 * The record that one request has created, so that a later attempt can take its place. It is deleted only when it
 * was made here for certain: under an id that `newId` gave twice there is the session of another visitor.
 */
export class MadeRecord {
  readonly #records: SessionRecords
  #made: { readonly key: string; readonly metadata: SessionMetadata } | undefined
  /** The creation that is under way: a dump that was given up may still be at it. */
  #making: Promise<BackendRecord> | undefined

  constructor(records: SessionRecords) {
    this.#records = records
  }

  /** Creates a record, in place of one that an earlier attempt has created under the key, and of no other. */
  async create(key: string, content: RecordContent, deadline: number): Promise<BackendRecord> {
    await this.#making?.catch(() => undefined)
    await this.delete(key)
    this.#making = this.#records.create(key, content, deadline)
    const made = await this.#making
    this.#made = { key, metadata: content.metadata }
    return made
  }

  /** Deletes the record under a key, if it was made here and its id has not reached a browser. */
  async delete(key: string): Promise<void> {
    if (this.#made?.key !== key) return
    await this.#records.deleteUnused(key, this.#made.metadata)
    this.#made = undefined
  }
}
