import { ChangedFields, FieldTexts, NO_FIELDS } from './field-texts.js'

/*
 * Whole numbers as printable characters, the lowest digits first, in base 46: `!` to `N` end a number, and `O` to `|`
 * go on. A cookie has room for 4,096 bytes, and every database keeps such a text.
 */
const BASE = 46
const FIRST = 33

/** Packs a whole number from 0 to 2 ** 54 - 2. */
export function packNumber(value: number): string {
  let packed = ''
  let rest = value
  while (rest >= BASE) {
    const digit = rest % BASE
    packed += String.fromCharCode(FIRST + BASE + digit)
    rest = (rest - digit) / BASE
  }
  return packed + String.fromCharCode(FIRST + rest)
}

/** A whole number that may be below 0, such as a time of a clock that was set back. */
export function packSigned(value: number): string {
  const whole = Math.floor(value)
  return packNumber(whole < 0 ? -2 * whole - 1 : 2 * whole)
}

/** Reads what was packed. Anything else reads as 0 and moves `at` past the end, so that the whole text is refused. */
export class PackedReader {
  readonly text: string
  at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  number(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 53 && this.at < this.text.length; scale *= BASE) {
      const digit = this.text.charCodeAt(this.at) - FIRST
      if (digit < 0 || digit >= 2 * BASE) break
      this.at += 1
      value += (digit % BASE) * scale
      if (digit < BASE && value < 2 ** 54) return value
    }
    this.at = this.text.length + 1
    return 0
  }

  signed(): number {
    const value = this.number()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A text after its length. */
  string(): string {
    const length = this.number()
    return this.text.slice(this.at, (this.at += length))
  }
}

/** A field as part of a text: the lengths of its name and text, and the two. The first one says its kind as well. */
function packField(field: string, text: string): string {
  const isFlash = field.startsWith(FLASH)
  const name = field.slice(2)
  return packNumber(2 * name.length + Number(isFlash)) + packNumber(text.length) + name + text
}

const DATA = 'd:'
const FLASH = 'f:'

/** Packs fields one after the other. Those that are packed already are copied as they are. */
export function packFields(fields: ReadonlyMap<string, string>): string {
  if (fields instanceof PackedFields) return fields.packedWith(NO_FIELDS)
  if (fields instanceof ChangedFields && fields.base instanceof PackedFields)
    return fields.base.packedWith(fields.changes)
  let packed = ''
  for (const [field, text] of fields) packed += packField(field, text)
  return packed
}

/**
 * The fields in the text of a record or a cookie. Opening it notes where they are, and nothing is cut out before it is
 * asked for: a request that reads one of a thousand does not pay for the others.
 */
export class PackedFields extends FieldTexts {
  readonly size: number
  /** Where the first one begins. */
  readonly start: number
  readonly #text: string
  /** Three numbers for each field: where it, its name and its text begin. Then the end. */
  readonly #places: readonly number[]
  #searches = 0
  /** By field; made when many are asked for. */
  #index: Map<string, number> | undefined

  /** Checks that each field ends within the text, and the last one with it; else `undefined`. */
  static open(reader: PackedReader): PackedFields | undefined {
    const { text } = reader
    const places: number[] = []
    while (reader.at < text.length) {
      places.push(reader.at)
      const nameLength = Math.floor(reader.number() / 2)
      const textLength = reader.number()
      const name = reader.at
      places.push(name, name + nameLength)
      reader.at = name + nameLength + textLength
    }
    places.push(reader.at)
    return reader.at === text.length ? new PackedFields(text, places) : undefined
  }

  private constructor(text: string, places: readonly number[]) {
    super()
    this.#text = text
    this.#places = places
    this.start = places[0]!
    this.size = (places.length - 1) / 3
  }

  get(field: string): string | undefined {
    const at = this.#find(field)
    return at === -1 ? undefined : this.#text.slice(this.#places[at + 2], this.#places[at + 3])
  }

  *entries(): MapIterator<[string, string]> {
    const places = this.#places
    for (let at = 0; at < places.length - 1; at += 3)
      yield [this.#fieldAt(at), this.#text.slice(places[at + 2], places[at + 3])]
  }

  /** All fields packed, with some written anew; `undefined` removes one. What is not named is copied as it is. */
  packedWith(changed: ReadonlyMap<string, string | undefined>): string {
    const cuts: { readonly at: number; readonly packed: string }[] = []
    let added = ''
    for (const [field, text] of changed) {
      const packed = text === undefined ? '' : packField(field, text)
      const at = this.#find(field)
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
  #find(field: string): number {
    if (!this.#index && this.size > FEW && (this.#searches += 1) > FEW)
      this.#index = this.#indexed()
    if (this.#index) return this.#index.get(field) ?? -1
    const places = this.#places
    const name = field.slice(2)
    for (let at = 0; at < places.length - 1; at += 3) {
      const start = places[at + 1]!
      if (places[at + 2]! - start !== name.length || !this.#text.startsWith(name, start)) continue
      if (field.startsWith(this.#kindAt(at))) return at
    }
    return -1
  }

  #indexed(): Map<string, number> {
    const index = new Map<string, number>()
    // Somebody else may have written a name twice: the first one counts, as without an index.
    for (let at = this.#places.length - 4; at >= 0; at -= 3) index.set(this.#fieldAt(at), at)
    return index
  }

  #fieldAt(at: number): string {
    return this.#kindAt(at) + this.#text.slice(this.#places[at + 1], this.#places[at + 2])
  }

  /** The base is even, so that the first character says whether the number is. */
  #kindAt(at: number): string {
    return (this.#text.charCodeAt(this.#places[at]!) - FIRST) % 2 === 0 ? DATA : FLASH
  }
}

/** So few fields are looked through each time, and so often: an index costs more than a search or two. */
const FEW = 8
