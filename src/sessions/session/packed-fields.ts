import { ChangedFields, FieldTexts, NO_FIELDS } from './field-texts.js'

/*
 * Numbers as printable characters, the lowest digits first: a cookie has room for 4,096 bytes, and every database keeps
 * such a text. A count is in base 46: `!` to `N` end it, and `O` to `|` go on. A time has seven digits in base 92.
 */
const BASE = 46
const FIRST = 33

/** Packs a whole number from 0 to 2 ** 53 - 1. */
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

const DIGITS = 92
/** What four digits of a time can say, and seven. */
const LOW = DIGITS ** 4
const MOST = DIGITS ** 7

/** Packs milliseconds since 1970, also those of clocks before it, up to the year 2853. */
export function packTime(time: number): string {
  const value = Math.min(Math.max(Math.floor(time) + MOST / 2, 0), MOST - 1)
  const high = Math.floor(value / LOW)
  const low = value - high * LOW
  return String.fromCharCode(
    FIRST + (low % DIGITS),
    FIRST + (Math.floor(low / DIGITS) % DIGITS),
    FIRST + (Math.floor(low / DIGITS ** 2) % DIGITS),
    FIRST + Math.floor(low / DIGITS ** 3),
    FIRST + (high % DIGITS),
    FIRST + (Math.floor(high / DIGITS) % DIGITS),
    FIRST + Math.floor(high / DIGITS ** 2),
  )
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
      // One spelling for each count: a field is found by how its length is written.
      if (digit < 0 || digit >= 2 * BASE || (digit === 0 && scale > 1)) break
      this.at += 1
      value += (digit < BASE ? digit : digit - BASE) * scale
      if (digit < BASE) return value < 2 ** 53 ? value : this.#refuse()
    }
    return this.#refuse()
  }

  time(): number {
    const low = this.#digits(4)
    return this.#digits(3) * LOW + low - MOST / 2
  }

  #digits(count: number): number {
    let value = 0
    for (let at = this.at + count - 1; at >= this.at; at -= 1) {
      const digit = this.text.charCodeAt(at) - FIRST
      if (!(digit >= 0 && digit < DIGITS)) return this.#refuse()
      value = value * DIGITS + digit
    }
    this.at += count
    return value
  }

  #refuse(): number {
    this.at = this.text.length + 1
    return 0
  }

  /** A text after its length. */
  string(): string {
    const length = this.number()
    return this.text.slice(this.at, (this.at += length))
  }
}

/** A field as part of a text: kind and length of its name, length of its text, and the two. */
function packField(field: string, text: string): string {
  return packKind(field) + packNumber(text.length) + field.slice(2) + text
}

/** Twice the length of the name, and one more for a flash message. */
function packKind(field: string): string {
  return packNumber(2 * (field.length - 2) + Number(field.startsWith(FLASH)))
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
  readonly #reader: PackedReader
  /** Where each field begins, and where the last one ends. */
  readonly #places: readonly number[]
  #searches = 0
  /** By field; made when many are asked for. */
  #index: Map<string, number> | undefined

  /** Checks that each field ends within the text, and the last one with it; else `undefined`. */
  static open(reader: PackedReader): PackedFields | undefined {
    const places = [reader.at]
    while (reader.at < reader.text.length) {
      const nameLength = Math.floor(reader.number() / 2)
      const textLength = reader.number()
      reader.at += nameLength + textLength
      places.push(reader.at)
    }
    return reader.at === reader.text.length ? new PackedFields(reader, places) : undefined
  }

  private constructor(reader: PackedReader, places: readonly number[]) {
    super()
    this.#reader = reader
    this.#places = places
    this.start = places[0]!
    this.size = places.length - 1
  }

  get(field: string): string | undefined {
    const index = this.#find(field)
    if (index === -1) return undefined
    const { text, at } = this.#reader
    return text.slice(at + field.length - 2, this.#places[index + 1])
  }

  *entries(): MapIterator<[string, string]> {
    for (let index = 0; index < this.size; index += 1) {
      const field = this.#fieldAt(index)
      const { text, at } = this.#reader
      yield [field, text.slice(at + field.length - 2, this.#places[index + 1])]
    }
  }

  /** All fields packed, with some written anew; `undefined` removes one. What is not named is copied as it is. */
  packedWith(changed: ReadonlyMap<string, string | undefined>): string {
    const cuts: { readonly index: number; readonly packed: string }[] = []
    let added = ''
    for (const [field, text] of changed) {
      const packed = text === undefined ? '' : packField(field, text)
      const index = this.#find(field)
      if (index === -1) added += packed
      else cuts.push({ index, packed })
    }
    if (cuts.length > 1) cuts.sort((one, other) => one.index - other.index)
    const { text } = this.#reader
    let whole = ''
    let from = this.start
    for (const { index, packed } of cuts) {
      whole += text.slice(from, this.#places[index]) + packed
      from = this.#places[index + 1]!
    }
    return whole + text.slice(from) + added
  }

  /** Goes to where the name of a field begins. Gives which of them it is, or -1. */
  #find(field: string): number {
    if (!this.#index && this.size > FEW && (this.#searches += 1) > FEW)
      this.#index = this.#indexed()
    if (this.#index) {
      const index = this.#index.get(field) ?? -1
      if (index !== -1) this.#fieldAt(index)
      return index
    }
    const name = field.slice(2)
    const kindAndLength = packKind(field)
    const first = kindAndLength.charCodeAt(0)
    const { text } = this.#reader
    for (let index = 0; index < this.size; index += 1) {
      const at = this.#places[index]!
      // Mostly this tells it from the others already.
      if (text.charCodeAt(at) !== first || !text.startsWith(kindAndLength, at)) continue
      this.#reader.at = at + kindAndLength.length
      this.#reader.number()
      if (text.startsWith(name, this.#reader.at)) return index
    }
    return -1
  }

  #indexed(): Map<string, number> {
    const index = new Map<string, number>()
    // Somebody else may have written a name twice: the first one counts, as without an index.
    for (let last = this.size - 1; last >= 0; last -= 1) index.set(this.#fieldAt(last), last)
    return index
  }

  /** The field of an index. Goes to where its name begins. */
  #fieldAt(index: number): string {
    this.#reader.at = this.#places[index]!
    const kindAndLength = this.#reader.number()
    this.#reader.number()
    const { text, at } = this.#reader
    const kind = kindAndLength % 2 === 0 ? DATA : FLASH
    return kind + text.slice(at, at + Math.floor(kindAndLength / 2))
  }
}

/** So few fields are looked through each time, and so often: an index costs more than a search or two. */
const FEW = 8
