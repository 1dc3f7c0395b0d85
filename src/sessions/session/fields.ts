import { valueError } from '../errors/usage-error.js'
import { changesBetween, NO_CHANGES, type FieldChanges } from './field-changes.js'
import { decode, type Serializer, FieldValue } from './field-value.js'

type Change = (value: unknown) => unknown

/** What a dump is about to write. Writes that come while it is under way belong to the next one. */
interface Mark {
  readonly texts: ReadonlyMap<string, string>
  /** How many updates of each field are in it. */
  readonly updates: ReadonlyMap<string, number>
  readonly clears: number
}

/**
 * The working copy of a session's fields. A field is the unit of storing: a letter, a colon, and the
 * key (`d:` data, `f:` flash). A change inside a value is seen because its text changed.
 */
export class Fields {
  #stored: ReadonlyMap<string, string>
  #slots: Map<string, FieldValue>
  /** Changes that are made again when another request was faster. */
  readonly #updates = new Map<string, Change[]>()
  #clears = 0
  /** Nothing was written, and no value was handed out that can be changed inside. */
  #isUntouched = true
  #mark: Mark
  readonly #serializer: Serializer | undefined

  constructor(stored: ReadonlyMap<string, string>, serializer?: Serializer) {
    this.#serializer = serializer
    this.#stored = stored
    this.#slots = this.#slotsOfStored()
    this.#mark = this.#markNow()
  }

  get names(): string[] {
    return [...this.#slots.keys()]
  }

  get isEmpty(): boolean {
    return this.#slots.size === 0
  }

  has(field: string): boolean {
    return this.#slots.has(field)
  }

  /** Whether the store holds the field as it is here. */
  isStored(field: string): boolean {
    return this.has(field) && this.#slots.get(field)?.text === this.#stored.get(field)
  }

  get(field: string): unknown {
    const slot = this.#slots.get(field)
    const value = slot?.value
    if (slot?.isMutable) this.#isUntouched = false
    return value
  }

  /** A value that shares nothing with the one `get` gives. */
  copy(field: string): unknown {
    return this.#slots.get(field)?.copy()
  }

  set(field: string, value: unknown): void {
    this.#put(field, value)
    this.#updates.delete(field)
  }

  delete(field: string): boolean {
    this.#isUntouched = false
    this.#updates.delete(field)
    return this.#slots.delete(field)
  }

  clear(): void {
    this.#isUntouched = false
    this.#updates.clear()
    this.#slots.clear()
    this.#clears += 1
  }

  /** Applies a change that can be made again; on a field that was plainly written it is part of that write. */
  update(field: string, change: Change): unknown {
    const before = this.#updates.get(field)
    const slot = this.#slots.get(field)
    const isRepeatable = slot?.text === (before ? slot?.written : this.#stored.get(field))
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

  /** The store has given the field away (`take`): it is gone here too, and no change of ours to write. */
  taken(field: string, text: string | undefined): unknown {
    this.#load(field, undefined)
    return text === undefined ? undefined : decode(text, field.slice(2), this.#serializer)
  }

  changes(): FieldChanges {
    return this.#isUntouched ? NO_CHANGES : this.#changesOf(this.texts())
  }

  /** All fields with their texts as they are now. */
  texts(): ReadonlyMap<string, string> {
    if (this.#isUntouched) return this.#stored
    const texts = new Map<string, string>()
    for (const [field, slot] of this.#slots) texts.set(field, slot.text)
    return texts
  }

  /** Notes what a dump is about to write, and tells it. */
  mark(): { readonly changes: FieldChanges; readonly texts: ReadonlyMap<string, string> } {
    this.#mark = this.#markNow()
    const { texts } = this.#mark
    return { changes: this.#isUntouched ? NO_CHANGES : this.#changesOf(texts), texts }
  }

  /** The store holds what was marked. */
  saved(): void {
    this.#stored = this.#mark.texts
    for (const [field, count] of this.#mark.updates) this.#dropUpdates(field, count)
    this.#clears -= this.#mark.clears
  }

  /** Undoes everything since the load or the last save. */
  rollback(): void {
    this.#slots = this.#slotsOfStored()
    this.#updates.clear()
    this.#clears = 0
    this.#isUntouched = true
  }

  /** The session was destroyed: nothing is here, and nothing is left to remove. */
  forgetAll(): void {
    this.#stored = new Map()
    this.rollback()
  }

  #apply(field: string, change: Change): void {
    const value = change(this.copy(field))
    if (value === undefined) {
      throw valueError(field.slice(2), 'the function given to update() returned nothing')
    }
    this.#put(field, value)
  }

  #put(field: string, value: unknown): void {
    this.#slots.set(field, FieldValue.of(value, field.slice(2), this.#serializer))
    this.#isUntouched = false
  }

  /** Takes a field as the store holds it by now. */
  #load(field: string, text: string | undefined): void {
    this.#isUntouched = false
    const stored = new Map(this.#stored)
    this.#stored = stored
    if (text === undefined) {
      stored.delete(field)
      this.#slots.delete(field)
      return
    }
    stored.set(field, text)
    this.#slots.set(field, FieldValue.loaded(text, field.slice(2), this.#serializer))
  }

  #slotsOfStored(): Map<string, FieldValue> {
    const slots = new Map<string, FieldValue>()
    for (const [field, text] of this.#stored) {
      slots.set(field, FieldValue.loaded(text, field.slice(2), this.#serializer))
    }
    return slots
  }

  #changesOf(texts: ReadonlyMap<string, string>): FieldChanges {
    // Changed inside after the update: no longer what the update would make of a fresh value.
    const isUpdated = (field: string, text: string): boolean =>
      this.#updates.has(field) && this.#slots.get(field)?.written === text
    return changesBetween(this.#stored, texts, isUpdated, this.#clears > 0)
  }

  #markNow(): Mark {
    const updates = this.#updates.size === 0 ? NO_UPDATES : lengthsOf(this.#updates)
    return { texts: this.texts(), updates, clears: this.#clears }
  }

  #dropUpdates(field: string, count: number): void {
    const rest = this.#updates.get(field)?.slice(count) ?? []
    if (rest.length > 0) this.#updates.set(field, rest)
    else this.#updates.delete(field)
  }
}

const NO_UPDATES: ReadonlyMap<string, number> = new Map()

function lengthsOf(updates: ReadonlyMap<string, readonly Change[]>): ReadonlyMap<string, number> {
  return new Map([...updates].map(([field, list]) => [field, list.length]))
}
