import { isDataError, valueError } from '../errors/usage-error.js'
import {
  NO_CHANGES,
  NO_UPDATES,
  type Change,
  type FieldChanges,
  type FieldUpdate,
  type PendingFields,
} from './field-changes.js'
import {
  copyOf,
  encode,
  FieldValue,
  valueOf,
  type DamageListener,
  type Serializer,
} from './field-value.js'

/**
 * The working copy of a session's fields. A field is the unit of storing: a letter, a colon, and the
 * key (`d:` data, `f:` flash). A change inside a value is seen because its text changed.
 */
export class Fields {
  #stored: ReadonlyMap<string, string>
  #values: Map<string, FieldValue>
  /** The changes of `update()`, to make again when another request was faster. */
  readonly #updates = new Map<string, Change[]>()
  #clears = 0
  /** Whether nothing was written, and nobody got a value that can be changed inside. */
  #isUntouched = true
  #pending: PendingFields
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
    this.#values = this.#valuesOfStored()
    this.#pending = { texts: stored, updates: NO_UPDATES, clears: 0 }
  }

  get names(): string[] {
    return [...this.#values.keys()]
  }

  get isEmpty(): boolean {
    return this.#values.size === 0
  }

  has(field: string): boolean {
    return this.#values.has(field)
  }

  /** Whether the store holds the field as it is here. */
  isStored(field: string): boolean {
    return this.has(field) && this.#values.get(field)?.text === this.#stored.get(field)
  }

  get(field: string): unknown {
    const entry = this.#values.get(field)
    const value = this.#read(field, entry, valueOf)
    if (entry?.isMutable) this.#isUntouched = false
    return value
  }

  /** A value that shares nothing with the one `get` gives. */
  copy(field: string): unknown {
    return this.#read(field, this.#values.get(field), copyOf)
  }

  set(field: string, value: unknown): void {
    this.#put(field, value)
    this.#updates.delete(field)
  }

  delete(field: string): boolean {
    this.#isUntouched = false
    this.#updates.delete(field)
    return this.#values.delete(field)
  }

  clear(): void {
    this.#isUntouched = false
    this.#updates.clear()
    this.#values.clear()
    this.#clears += 1
  }

  /** Applies a change that can be made again; on a field that was plainly written it is part of that write. */
  update(field: string, change: Change): unknown {
    const before = this.#updates.get(field)
    const entry = this.#values.get(field)
    const isRepeatable = entry?.text === (before ? entry?.written : this.#stored.get(field))
    this.#apply(field, change)
    if (isRepeatable) this.#updates.set(field, [...(before ?? []), change])
    else this.#updates.delete(field)
    return this.get(field)
  }

  /** Makes `update`s again, on what the store holds by now. */
  replay(fresh: ReadonlyMap<string, string | undefined>): void {
    for (const [field, text] of fresh) {
      const updates = this.#updates.get(field)
      if (!updates) continue
      this.#load(field, text)
      for (const change of updates) this.#apply(field, change)
    }
  }

  /** `take()` removed the field from the store: it goes here too, and that is no change to write. */
  setTaken(field: string, text: string | undefined): unknown {
    this.#load(field, undefined)
    if (text === undefined) return undefined
    return this.#read(field, new FieldValue(text, field.slice(2), this.#serializer), valueOf)
  }

  changes(): FieldChanges {
    return this.#isUntouched ? NO_CHANGES : this.#changesOf(this.texts())
  }

  /** All fields with their texts as they are now. */
  texts(): ReadonlyMap<string, string> {
    if (this.#isUntouched) return this.#stored
    const texts = new Map<string, string>()
    for (const [field, entry] of this.#values) texts.set(field, entry.text)
    return texts
  }

  /** Gives what a dump is about to write, and remembers it for `saved`. */
  mark(): { readonly changes: FieldChanges; readonly texts: ReadonlyMap<string, string> } {
    const texts = this.texts()
    const updates = this.#updates.size === 0 ? NO_UPDATES : this.#countUpdates()
    this.#pending = { texts, updates, clears: this.#clears }
    return { changes: this.#isUntouched ? NO_CHANGES : this.#changesOf(texts), texts }
  }

  /** The store now holds what was marked. */
  saved(): void {
    const { texts, updates, clears } = this.#pending
    this.#stored = texts
    for (const [field, count] of updates) this.#dropUpdates(field, count)
    this.#clears -= clears
  }

  /** Undoes everything since the load or the last save. */
  rollback(): void {
    this.#values = this.#valuesOfStored()
    this.#updates.clear()
    this.#clears = 0
    this.#isUntouched = true
  }

  /** Empties the fields of a session that was destroyed: nothing is left to delete. */
  reset(): void {
    this.#stored = new Map()
    this.rollback()
  }

  /** Tells, once, when the field is damaged. */
  #read(field: string, entry: FieldValue | undefined, read: (entry: FieldValue) => unknown) {
    try {
      return entry && read(entry)
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
    this.#isUntouched = false
  }

  /** Sets a field to what the store holds by now. */
  #load(field: string, text: string | undefined): void {
    this.#isUntouched = false
    const stored = new Map(this.#stored)
    this.#stored = stored
    if (text === undefined) {
      stored.delete(field)
      this.#values.delete(field)
      return
    }
    stored.set(field, text)
    this.#values.set(field, new FieldValue(text, field.slice(2), this.#serializer))
  }

  #valuesOfStored(): Map<string, FieldValue> {
    const values = new Map<string, FieldValue>()
    for (const [field, text] of this.#stored) {
      values.set(field, new FieldValue(text, field.slice(2), this.#serializer))
    }
    return values
  }

  /** The fields whose texts differ from those of the store. */
  #changesOf(texts: ReadonlyMap<string, string>): FieldChanges {
    let set: Map<string, string> | undefined
    let removed: Set<string> | undefined
    let updated: Map<string, FieldUpdate> | undefined
    for (const [field, text] of texts) {
      const expected = this.#stored.get(field)
      if (text === expected) continue
      // Changed inside after the update: no longer what the update would make of a fresh value.
      const isUpdated = this.#updates.has(field) && this.#values.get(field)?.written === text
      if (isUpdated) (updated ??= new Map()).set(field, { expected, text })
      else (set ??= new Map()).set(field, text)
    }
    for (const field of this.#stored.keys()) {
      if (!texts.has(field)) (removed ??= new Set()).add(field)
    }
    if (!set && !removed && !updated) return NO_CHANGES
    return {
      isEmpty: false,
      isCleared: this.#clears > 0,
      set: set ?? NO_CHANGES.set,
      removed: removed ?? NO_CHANGES.removed,
      updated: updated ?? NO_CHANGES.updated,
    }
  }

  #countUpdates(): ReadonlyMap<string, number> {
    return new Map([...this.#updates].map(([field, { length }]) => [field, length]))
  }

  #dropUpdates(field: string, count: number): void {
    const rest = this.#updates.get(field)?.slice(count) ?? []
    if (rest.length > 0) this.#updates.set(field, rest)
    else this.#updates.delete(field)
  }
}
