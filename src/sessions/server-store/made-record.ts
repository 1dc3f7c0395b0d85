import type { StoredSession } from '../session/record.js'
import { recordKey } from '../session/session-id.js'
import type { NewRecord, SessionRecords } from './session-records.js'

/**
 * The record that one request has created, so that a later attempt can take its place. It is deleted only when it
 * was made here for certain: under an id that `newId` gave twice there is the session of another visitor.
 */
export class MadeRecord {
  readonly #records: SessionRecords
  #made: { readonly key: string; readonly stored: StoredSession } | undefined
  /** The creation that is under way: a dump that was given up may still be at it. */
  #making: Promise<StoredSession> | undefined

  constructor(records: SessionRecords) {
    this.#records = records
  }

  /** Creates a record, in place of one that an earlier attempt has created under the id, and of no other. */
  async create(id: string, record: NewRecord, deadline: number): Promise<StoredSession> {
    await this.#making?.catch(() => undefined)
    const key = recordKey(id)
    await this.delete(key)
    this.#making = this.#records.create(id, record, deadline)
    const stored = await this.#making
    this.#made = { key, stored }
    return stored
  }

  /** Deletes the record under a key, if it was made here and its id has not reached a browser. */
  async delete(key: string): Promise<void> {
    if (this.#made?.key !== key) return
    await this.#records.deleteUnused(key, this.#made.stored)
    this.#made = undefined
  }
}
