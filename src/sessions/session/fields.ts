import { isDataError, valueError } from '../errors/usage-error.js'
import {
  ChangedFields,
  encode,
  FieldValue,
  NO_CHANGES,
  type DamageListener,
  type FieldChanges,
  type PendingFields,
  type Serializer,
} from './field-texts.js'

/** What `update` does to a value. */
type Change = (value: unknown) => unknown

/**
 * The working copy of a session's fields: what the store holds, and over it the fields that were read or written. A
 * field is the unit of merging: a letter, a colon, and the key (`d:` data, `f:` flash). A change inside a value is
 * seen because its text changed.
 */
export class Fields {
  #stored: ReadonlyMap<string, string>
  /** The fields that were read or written; `null` for one that was removed. */
  readonly #values = new Map<string, FieldValue | null>()
  /** The changes of `update()`, to make again when another request was faster. */
  #updates: Map<string, Change[]> | undefined
  /** Nothing of what is stored is left while it is not 0. */
  #clears = 0
  /** Whether nothing was written, and nobody got a value that can be changed inside. */
  isUntouched = true
  #pending: PendingFields | undefined
  readonly #serializer: Serializer | undefined
  readonly #listener: DamageListener | undefined
  #damaged: Set<string> | undefined

  constructor(
    stored: ReadonlyMap<string, string>,
    serializer?: Serializer,
    listener?: DamageListener,
  ) {
    this.#serializer = serializer
    this.#listener = listener
    this.#stored = stored
  }

  get names(): string[] {
    const names = this.#clears > 0 ? [] : [...this.#stored.keys()]
    const kept = names.filter((name) => this.#values.get(name) !== null)
    const isAdded = (name: string) => this.#clears > 0 || !this.#stored.has(name)
    for (const [name, entry] of this.#values) if (entry && isAdded(name)) kept.push(name)
    return kept
  }

  get isEmpty(): boolean {
    return this.names.length === 0
  }

  has(field: string): boolean {
    const entry = this.#values.get(field)
    return entry === undefined ? this.#clears === 0 && this.#stored.has(field) : entry !== null
  }

  /** Whether the store holds the field as it is here. */
  isStored(field: string): boolean {
    const text = this.#entry(field)?.text
    return text !== undefined && text === this.#stored.get(field)
  }

  get(field: string): unknown {
    const entry = this.#entry(field)
    const value = this.#read(field, entry)
    this.isUntouched &&= !entry?.isMutable
    return value
  }

  /** A value that shares nothing with the one `get` gives. */
  copy(field: string): unknown {
    return this.#read(field, this.#entry(field), true)
  }

  set(field: string, value: unknown): void {
    this.#put(field, value)
    this.#updates?.delete(field)
  }

  delete(field: string): boolean {
    const wasThere = this.has(field)
    this.isUntouched = false
    this.#updates?.delete(field)
    this.#values.set(field, null)
    return wasThere
  }

  clear(): void {
    this.isUntouched = false
    this.#updates?.clear()
    this.#values.clear()
    this.#clears += 1
  }

  /** Applies a change that can be made again; on a field that was plainly written it is part of that write. */
  update(field: string, change: Change): unknown {
    const before = this.#updates?.get(field)
    const entry = this.#entry(field)
    const isRepeatable = entry?.text === (before ? entry?.written : this.#stored.get(field))
    this.#apply(field, change)
    if (!isRepeatable) this.#updates?.delete(field)
    else (this.#updates ??= new Map<string, Change[]>()).set(field, [...(before ?? []), change])
    return this.get(field)
  }

  /** Makes `update`s again, on what the store holds by now. */
  replay(fresh: ReadonlyMap<string, string | undefined>): void {
    for (const [field, text] of fresh) {
      const updates = this.#updates?.get(field)
      if (!updates) continue
      const [entry, stored] = [this.#values.get(field), this.#stored]
      try {
        this.#load(field, text)
        for (const change of updates) this.#apply(field, change)
      } catch (error) {
        // What the request wrote is still not stored: it must not pass for a session without changes.
        if (entry !== undefined) this.#values.set(field, entry)
        this.#stored = stored
        throw error
      }
    }
  }

  /** `take()` removed the field from the store: it goes here too, and that is no change to write. */
  setTaken(field: string, text: string | undefined): unknown {
    this.#load(field, undefined)
    if (text === undefined) return undefined
    return this.#read(field, new FieldValue(text, field.slice(2), this.#serializer))
  }

  /** All fields with their texts as they are now. */
  texts(changes = this.changes()): ReadonlyMap<string, string> {
    return changes.isEmpty ? this.#stored : new ChangedFields(this.#stored, changes)
  }

  /** Gives what a dump is about to write, and remembers it for `saved`. */
  mark(): PendingFields {
    const changes = this.changes()
    const texts = this.texts(changes)
    const counts =
      this.#updates && [...this.#updates].map(([field, { length }]) => [field, length] as const)
    return (this.#pending = { changes, texts, updates: counts, clears: this.#clears })
  }

  /** The store now holds what was marked. */
  saved(): void {
    if (!this.#pending) return
    const { texts, updates, clears } = this.#pending
    this.#pending = undefined
    this.#stored = texts
    for (const [field, count] of updates ?? []) {
      const rest = this.#updates?.get(field)?.slice(count) ?? []
      if (rest.length > 0) this.#updates?.set(field, rest)
      else this.#updates?.delete(field)
    }
    this.#clears -= clears
  }

  /** Undoes everything since the load or the last save. */
  rollback(): void {
    this.#values.clear()
    this.#updates?.clear()
    this.#clears = 0
    this.isUntouched = true
  }

  /** Empties the fields of a session that was destroyed: nothing is left to delete. */
  reset(): void {
    this.#stored = new Map()
    this.rollback()
  }

  #entry(field: string): FieldValue | undefined {
    const entry = this.#values.get(field)
    if (entry !== undefined) return entry ?? undefined
    const text = this.#clears > 0 ? undefined : this.#stored.get(field)
    if (text === undefined) return undefined
    const loaded = new FieldValue(text, field.slice(2), this.#serializer)
    this.#values.set(field, loaded)
    return loaded
  }

  /** Tells, once, when the field is damaged. */
  #read(field: string, entry: FieldValue | undefined, isCopy = false): unknown {
    try {
      return isCopy ? entry?.copy() : entry?.value
    } catch (error) {
      if (isDataError(error) && !this.#damaged?.has(field)) {
        this.#damaged = (this.#damaged ?? new Set()).add(field)
        this.#listener?.damaged(field)
      }
      throw error
    }
  }

  #apply(field: string, change: Change): void {
    const value = change(this.copy(field))
    if (value === undefined) {
      throw valueError(field.slice(2), 'the function given to update() returned nothing')
    }
    this.#put(field, value)
  }

  #put(field: string, value: unknown): void {
    const path = field.slice(2)
    const text = encode(value, path, this.#serializer)
    this.#values.set(field, new FieldValue(text, path, this.#serializer, value))
    this.isUntouched = false
  }

  /** Sets a field to what the store holds by now. */
  #load(field: string, text: string | undefined): void {
    this.isUntouched = false
    const texts = new Map([[field, text]])
    this.#stored = new ChangedFields(this.#stored, { isCleared: false, texts })
    const isThere = text !== undefined
    this.#values.set(field, isThere ? new FieldValue(text, field.slice(2), this.#serializer) : null)
  }

  /** The fields whose texts differ from those of the store. */
  changes(): FieldChanges {
    if (this.isUntouched) return NO_CHANGES
    const isCleared = this.#clears > 0
    const texts = new Map<string, string | undefined>()
    let updated: Map<string, string | undefined> | undefined
    let same = 0
    for (const [field, entry] of this.#values) {
      const stored = this.#stored.get(field)
      const text = entry?.text
      if (text === stored && stored !== undefined) same += 1
      if (text === stored && !isCleared) continue
      if (text === undefined && isCleared) continue
      texts.set(field, text)
      // Changed inside after the update: no longer what the update would make of a fresh value.
      const isUpdated = text === entry?.written && this.#updates?.has(field)
      if (isUpdated && text !== stored) (updated ??= new Map()).set(field, stored)
    }
    const isSame = isCleared && texts.size === same && this.#stored.size === same
    if (isSame || (!isCleared && texts.size === 0)) return NO_CHANGES
    return { isEmpty: false, isCleared, texts, updated: updated ?? NO_CHANGES.updated }
  }
}
