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
  readonly changes: FieldChanges
  readonly texts: ReadonlyMap<string, string>
  /** How many updates of each field are in it. */
  readonly updates: readonly (readonly [field: string, count: number])[] | undefined
  readonly clears: number
}

/** Texts under names, found when they are asked for. */
export abstract class FieldTexts implements ReadonlyMap<string, string> {
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
  /** The fields without the changes; a store may copy them as they are. */
  readonly base: ReadonlyMap<string, string>
  readonly changes: ReadonlyMap<string, string | undefined>
  #copied: ReadonlyMap<string, string> | undefined

  constructor(
    base: ReadonlyMap<string, string>,
    { isCleared, texts }: Pick<FieldChanges, 'isCleared' | 'texts'>,
  ) {
    super()
    this.changes = texts
    // Never more than one layer: a request may commit many times.
    const below = base instanceof ChangedFields ? base.#all : base
    this.base = isCleared ? NOTHING : below
  }

  get size(): number {
    return this.#all.size
  }

  get(name: string): string | undefined {
    const text = this.changes.get(name)
    return text !== undefined || this.changes.has(name) ? text : this.base.get(name)
  }

  entries(): MapIterator<[string, string]> {
    return this.#all.entries()
  }

  get #all(): ReadonlyMap<string, string> {
    if (this.#copied) return this.#copied
    const all = new Map(this.base)
    for (const [name, text] of this.changes) {
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
 * The fields in the text of a record. Opening it notes where they are, and nothing is cut out before it is asked
 * for: a request that reads one of a thousand does not pay for the others.
 */
export class PackedFields extends FieldTexts {
  readonly size: number
  /** Where the first one begins. */
  readonly start: number
  readonly #text: string
  /** Three numbers for each field: where it, its name and its text begin. Then the end. */
  readonly #places: readonly number[]
  #searches = 0
  /** By name; made when many are asked for. */
  #index: Map<string, number> | undefined

  /** Checks that each field ends within the text, and the last one with it; else `undefined`. */
  static open(text: string, start: number): PackedFields | undefined {
    const places: number[] = []
    let at = start
    while (at < text.length) {
      places.push(at)
      let digit = 0
      let nameLength = 0
      const first = at
      while ((digit = text.charCodeAt(at) - ZERO) >= 0 && digit <= 9) {
        nameLength = nameLength * 10 + digit
        at += 1
      }
      const middle = at
      if (digit !== DOT || middle === first) return undefined
      let textLength = 0
      while ((digit = text.charCodeAt((at += 1)) - ZERO) >= 0 && digit <= 9)
        textLength = textLength * 10 + digit
      if (digit !== COLON || at === middle + 1) return undefined
      const name = at + 1
      places.push(name, name + nameLength)
      at = name + nameLength + textLength
    }
    places.push(at)
    return at === text.length ? new PackedFields(text, places) : undefined
  }

  private constructor(text: string, places: readonly number[]) {
    super()
    this.#text = text
    this.#places = places
    this.start = places[0]!
    this.size = (places.length - 1) / 3
  }

  get(name: string): string | undefined {
    const at = this.#find(name)
    return at === -1 ? undefined : this.#text.slice(this.#places[at + 2], this.#places[at + 3])
  }

  *entries(): MapIterator<[string, string]> {
    const places = this.#places
    for (let at = 0; at < places.length - 1; at += 3)
      yield [this.#nameAt(at), this.#text.slice(places[at + 2], places[at + 3])]
  }

  /** All fields packed, with some written anew; `undefined` removes one. What is not named is copied as it is. */
  packedWith(changed: ReadonlyMap<string, string | undefined>): string {
    const cuts: { readonly at: number; readonly packed: string }[] = []
    let added = ''
    for (const [name, text] of changed) {
      const packed = text === undefined ? '' : packField(name, text)
      const at = this.#find(name)
      if (at === -1) added += packed
      else cuts.push({ at, packed })
    }
    if (cuts.length > 1) cuts.sort((one, other) => one.at - other.at)
    const places = this.#places
    let whole = ''
    let from = this.start
    for (const { at, packed } of cuts) {
      whole += this.#text.slice(from, places[at]) + packed
      from = places[at + 3]!
    }
    return whole + this.#text.slice(from) + added
  }

  /** Where its places stand, or -1. */
  #find(name: string): number {
    if (!this.#index && this.size > FEW && (this.#searches += 1) > FEW)
      this.#index = this.#indexed()
    if (this.#index) return this.#index.get(name) ?? -1
    const places = this.#places
    for (let at = 0; at < places.length - 1; at += 3) {
      const start = places[at + 1]!
      if (places[at + 2]! - start === name.length && this.#text.startsWith(name, start)) return at
    }
    return -1
  }

  #indexed(): Map<string, number> {
    const index = new Map<string, number>()
    // Somebody else may have written a name twice: the first one counts, as without an index.
    for (let at = this.#places.length - 4; at >= 0; at -= 3) index.set(this.#nameAt(at), at)
    return index
  }

  #nameAt(at: number): string {
    return this.#text.slice(this.#places[at + 1], this.#places[at + 2])
  }
}

/** So few fields are looked through each time, and so often: an index costs more than a search or two. */
const FEW = 8
const ZERO = 48
const DOT = 46 - ZERO
const COLON = 58 - ZERO
