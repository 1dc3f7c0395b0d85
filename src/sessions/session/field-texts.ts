/** What a store has to write: only fields whose text differs from the text that was loaded. */
export interface FieldChanges {
  readonly isEmpty: boolean
  /** `clear()` was called: fields that are not in `texts` go, those that other requests added meanwhile as well. */
  readonly isCleared: boolean
  /** The new text of each field that was written, and `undefined` for one that was removed. */
  readonly texts: ReadonlyMap<string, string | undefined>
  /**
   * Those that `update` wrote, with the text that it began with: when the store holds another one, the update has
   * to be made again. For all others the last write wins.
   */
  readonly updated: ReadonlyMap<string, string | undefined>
}

const NONE: ReadonlyMap<string, undefined> = new Map()

export const NO_CHANGES: FieldChanges = {
  isEmpty: true,
  isCleared: false,
  texts: NONE,
  updated: NONE,
}

/** What a dump is about to write. What is written while it is under way belongs to the next dump. */
export interface PendingFields {
  readonly texts: ReadonlyMap<string, string>
  /** How many updates of each field are in it. */
  readonly updates: ReadonlyMap<string, number>
  readonly clears: number
}

/** Texts under names, found when they are asked for. */
abstract class FieldTexts implements ReadonlyMap<string, string> {
  abstract readonly size: number
  abstract get(name: string): string | undefined
  abstract entries(): MapIterator<[string, string]>

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): MapIterator<string> {
    for (const [, text] of this.entries()) yield text
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }

  forEach(visit: (text: string, name: string, fields: this) => void): void {
    for (const [name, text] of this.entries()) visit(text, name, this)
  }
}

/** Fields with changes over them. Nothing is copied until somebody reads all of them. */
export class ChangedFields extends FieldTexts {
  readonly #base: ReadonlyMap<string, string>
  readonly #changes: ReadonlyMap<string, string | undefined>
  #copied: ReadonlyMap<string, string> | undefined

  constructor(
    base: ReadonlyMap<string, string>,
    { isCleared, texts }: Pick<FieldChanges, 'isCleared' | 'texts'>,
  ) {
    super()
    this.#changes = texts
    // Never more than one layer: a request may commit many times.
    const below = base instanceof ChangedFields ? base.#all : base
    this.#base = isCleared ? NOTHING : below
  }

  get size(): number {
    return this.#all.size
  }

  get(name: string): string | undefined {
    const text = this.#changes.get(name)
    return text !== undefined || this.#changes.has(name) ? text : this.#base.get(name)
  }

  entries(): MapIterator<[string, string]> {
    return this.#all.entries()
  }

  get #all(): ReadonlyMap<string, string> {
    if (this.#copied) return this.#copied
    const all = new Map(this.#base)
    for (const [name, text] of this.#changes) {
      if (text === undefined) all.delete(name)
      else all.set(name, text)
    }
    return (this.#copied = all)
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map()

/** A field as part of a text: the lengths of its name and text, and the two. */
export function packField(name: string, text: string): string {
  return `${name.length}.${text.length}:${name}${text}`
}

/**
 * The fields in the text of a record, found when they are asked for: a request that reads one of a thousand does
 * not pay for the others.
 */
export class PackedFields extends FieldTexts {
  readonly size: number
  readonly #text: string
  /** Where the first one begins. */
  readonly start: number
  #searches = 0
  #lastName: string | undefined
  #last: Cursor | undefined
  /** Where each field begins; made when many are asked for. */
  #index: Map<string, number> | undefined

  /** Checks that each field ends within the text, and the last one with it; else `undefined`. */
  static open(text: string, start: number): PackedFields | undefined {
    const cursor = new Cursor(text, start)
    let size = 0
    while (cursor.next()) size += 1
    return cursor.end === text.length ? new PackedFields(text, start, size) : undefined
  }

  private constructor(text: string, start: number, size: number) {
    super()
    this.#text = text
    this.start = start
    this.size = size
  }

  get(name: string): string | undefined {
    const found = this.#find(name)
    return found && this.#text.slice(found.textAt, found.end)
  }

  *entries(): MapIterator<[string, string]> {
    const text = this.#text
    const cursor = new Cursor(text, this.start)
    while (cursor.next()) {
      yield [text.slice(cursor.nameAt, cursor.textAt), text.slice(cursor.textAt, cursor.end)]
    }
  }

  /** All fields packed, with some written anew; `undefined` removes one. What is not named is copied as it is. */
  packedWith(changed: ReadonlyMap<string, string | undefined>): string {
    const cuts: { readonly at: number; readonly end: number; readonly packed: string }[] = []
    let added = ''
    for (const [name, text] of changed) {
      const packed = text === undefined ? '' : packField(name, text)
      const found = this.#find(name)
      if (found) cuts.push({ at: found.start, end: found.end, packed })
      else added += packed
    }
    if (cuts.length > 1) cuts.sort((one, other) => one.at - other.at)
    let whole = ''
    let from = this.start
    for (const { at, end, packed } of cuts) {
      whole += this.#text.slice(from, at) + packed
      from = end
    }
    return whole + this.#text.slice(from) + added
  }

  #find(name: string): Cursor | undefined {
    // A write asks for its field some times in a row.
    if (this.#lastName === name) return this.#last
    this.#lastName = name
    return (this.#last = this.#search(name))
  }

  #search(name: string): Cursor | undefined {
    const text = this.#text
    if (!this.#index && this.size > FEW && (this.#searches += 1) > FEW)
      this.#index = this.#indexed()
    const start = this.#index ? this.#index.get(name) : this.start
    if (start === undefined) return undefined
    const cursor = new Cursor(text, start)
    while (cursor.next()) {
      const { nameAt, textAt } = cursor
      if (textAt - nameAt === name.length && text.startsWith(name, nameAt)) return cursor
    }
    return undefined
  }

  #indexed(): Map<string, number> {
    const index = new Map<string, number>()
    const cursor = new Cursor(this.#text, this.start)
    while (cursor.next()) {
      const name = this.#text.slice(cursor.nameAt, cursor.textAt)
      // Somebody else may have written a name twice: the first one counts, as without an index.
      if (!index.has(name)) index.set(name, cursor.start)
    }
    return index
  }
}

/** So few fields are looked through each time, and so often: an index costs more than a search or two. */
const FEW = 8

/** Goes from field to field. */
class Cursor {
  /** Where the field begins, with its lengths. */
  start = 0
  nameAt = 0
  textAt = 0
  end: number
  readonly #text: string

  constructor(text: string, start: number) {
    this.#text = text
    this.end = start
  }

  /** Goes to the next field. False at the end, and where there is none: then the end is not that of the text. */
  next(): boolean {
    const text = this.#text
    const start = this.end
    let at = start
    let nameLength = 0
    let digit = 0
    while ((digit = text.charCodeAt(at) - ZERO) >= 0 && digit <= 9) {
      nameLength = nameLength * 10 + digit
      at += 1
    }
    const middle = at
    let textLength = 0
    if (digit !== DOT) return false
    while ((digit = text.charCodeAt((at += 1)) - ZERO) >= 0 && digit <= 9) {
      textLength = textLength * 10 + digit
    }
    if (digit !== COLON || middle === start || at === middle + 1) return false
    const end = at + 1 + nameLength + textLength
    if (end > text.length) return false
    this.start = start
    this.nameAt = at + 1
    this.textAt = this.nameAt + nameLength
    this.end = end
    return true
  }
}

const ZERO = 48
const DOT = 46 - ZERO
const COLON = 58 - ZERO
