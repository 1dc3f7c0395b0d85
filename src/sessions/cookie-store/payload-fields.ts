import { ChangedFields, FieldTexts } from '../session/field-texts.js'

/**
 * Fields as they stand in a cookie: one is cut out when it is asked for, and when one changes the others are copied as
 * they are.
 */
export class PayloadFields extends FieldTexts {
  readonly size: number
  /** Of each field twice the length of its name, one more for a flash message, and the length of its text. */
  readonly lengths: readonly number[]
  /** The name of each field without its kind, and its text. */
  readonly texts: string

  /**
   * The fields of these lengths; `undefined` when they do not end where the text ends.
   *
   * @param start where the first name begins.
   */
  static open(lengths: readonly number[], text: string, start: number): PayloadFields | undefined {
    let end = start
    for (let index = 0; index < lengths.length; index += 2)
      end += nameLength(lengths[index]!) + lengths[index + 1]!
    return end === text.length ? new PayloadFields(lengths, text.slice(start)) : undefined
  }

  static of(fields: ReadonlyMap<string, string>): PayloadFields {
    if (fields instanceof PayloadFields) return fields
    const { base, changes } = fields instanceof ChangedFields ? fields : {}
    if (base instanceof PayloadFields && changes && changes.size <= FEW) {
      let made = base
      for (const [field, text] of changes) made = made.#with(field, text)
      return made
    }
    const lengths: number[] = []
    let texts = ''
    for (const [field, text] of fields) {
      lengths.push(twiceNameLength(field), text.length)
      texts += field.slice(2) + text
    }
    return new PayloadFields(lengths, texts)
  }

  private constructor(lengths: readonly number[], texts: string) {
    super()
    this.size = lengths.length / 2
    this.lengths = lengths
    this.texts = texts
  }

  get(field: string): string | undefined {
    const { textAt, end, isFound } = this.#find(field)
    return isFound ? this.texts.slice(textAt, end) : undefined
  }

  *entries(): MapIterator<[string, string]> {
    let at = 0
    for (let index = 0; index < this.lengths.length; index += 2) {
      const length = this.lengths[index]!
      const textAt = at + nameLength(length)
      const end = textAt + this.lengths[index + 1]!
      const kind = length % 2 === 0 ? DATA : FLASH
      yield [kind + this.texts.slice(at, textAt), this.texts.slice(textAt, end)]
      at = end
    }
  }

  /** With one field written anew or, by `undefined`, removed. */
  #with(field: string, text: string | undefined): PayloadFields {
    const { index, at, end, isFound } = this.#find(field)
    const { lengths, texts } = this
    const own = text === undefined ? [] : [twiceNameLength(field), text.length]
    const changed = lengths.slice()
    // Mostly a field that was there has another text.
    if (isFound && text !== undefined) changed[index + 1] = text.length
    else changed.splice(index, isFound ? 2 : 0, ...own)
    return new PayloadFields(
      changed,
      texts.slice(0, at) + (text === undefined ? '' : field.slice(2) + text) + texts.slice(end),
    )
  }

  /** Where a field stands; at the end and empty when it is not there. */
  #find(field: string) {
    const { lengths, texts } = this
    const name = field.slice(2)
    const wanted = twiceNameLength(field)
    let at = 0
    let index = 0
    for (; index < lengths.length; index += 2) {
      const length = lengths[index]!
      const textAt = at + nameLength(length)
      const end = textAt + lengths[index + 1]!
      if (length === wanted && texts.startsWith(name, at))
        return { index, at, textAt, end, isFound: true }
      at = end
    }
    return { index, at, textAt: at, end: at, isFound: false }
  }
}

const DATA = 'd:'
const FLASH = 'f:'

/** So many changes are cheaper to make one after the other than by packing all fields anew. */
const FEW = 8

/** One more for a flash message. */
function twiceNameLength(field: string): number {
  return (field.length - 2) * 2 + Number(field.startsWith(FLASH))
}

function nameLength(twice: number): number {
  return Math.floor(twice / 2)
}

/** Six bits in each byte, the lowest first; all but the last have the seventh bit. @returns where the next one begins. */
export function putNumber(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let end = at
  for (; rest >= 64; rest = Math.floor(rest / 64)) bytes[end++] = 64 + (rest % 64)
  bytes[end] = rest
  return end + 1
}

/** Bytes that a number takes at most. */
export const LONGEST_NUMBER = 9

/** Reads what `putNumber` wrote. */
export class Numbers {
  position: number
  /** Whether more was asked for than there is, or a number is too large. */
  #isOver = false
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes
    this.position = position
  }

  next(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 53; scale *= 64) {
      const byte = this.#bytes[this.position]
      if (byte === undefined || byte > 127) break
      this.position += 1
      value += (byte & 63) * scale
      if (byte < 64) return value
    }
    this.#isOver = true
    return 0
  }

  /** Twice as many as the next one says; `undefined` when there are less, or one before was none. */
  list(): number[] | undefined {
    const size = 2 * this.next()
    if (this.position + size > this.#bytes.length) return undefined
    // Whole at once: it would grow twice.
    // oxlint-disable-next-line unicorn/no-new-array -- Array.from makes an iterator of it
    const numbers = new Array<number>(size)
    for (let index = 0; index < size; index += 1) numbers[index] = this.next()
    return this.#isOver ? undefined : numbers
  }
}
