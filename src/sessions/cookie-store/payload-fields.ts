import { ChangedFields, FieldTexts } from '../session/field-texts.js'

/**
 * Fields as they stand in a cookie: one is cut out when it is asked for, and when one changes the others are copied as
 * they are.
 */
export class PayloadFields extends FieldTexts {
  readonly size: number
  /** Of each field twice the length of its name, one more for a flash message, and the length of its text. */
  readonly lengths: string
  /** The name of each field without its kind, and its text. */
  readonly texts: string

  /**
   * Reads the number of fields and their lengths; `undefined` when they do not end where the text ends.
   *
   * @param skipped so many characters stand between the lengths and the first name.
   */
  static open(text: string, numbers: Numbers, skipped: number): PayloadFields | undefined {
    const size = numbers.next()
    const start = numbers.position
    let length = skipped
    for (let left = size; left > 0 && !numbers.isOver; left -= 1)
      length += nameLength(numbers.next()) + numbers.next()
    const { position, isOver } = numbers
    if (isOver || position + length !== text.length) return undefined
    return new PayloadFields(size, text.slice(start, position), text.slice(position + skipped))
  }

  static of(fields: ReadonlyMap<string, string>): PayloadFields {
    if (fields instanceof PayloadFields) return fields
    if (fields instanceof ChangedFields && fields.changes.size <= FEW) {
      const { base, changes } = fields
      if (base instanceof PayloadFields)
        return [...changes].reduce((made, [field, text]) => made.#with(field, text), base)
    }
    let lengths = ''
    let texts = ''
    for (const [field, text] of fields) {
      lengths += lengthsOf(field, text)
      texts += field.slice(2) + text
    }
    return new PayloadFields(fields.size, lengths, texts)
  }

  private constructor(size: number, lengths: string, texts: string) {
    super()
    this.size = size
    this.lengths = lengths
    this.texts = texts
  }

  get(field: string): string | undefined {
    const { textAt, end, isFound } = this.#find(field)
    return isFound ? this.texts.slice(textAt, end) : undefined
  }

  *entries(): MapIterator<[string, string]> {
    const numbers = new Numbers(this.lengths, 0)
    for (let at = 0; numbers.position < this.lengths.length;) {
      const length = numbers.next()
      const textAt = at + nameLength(length)
      const end = textAt + numbers.next()
      const kind = length % 2 === 0 ? DATA : FLASH
      yield [kind + this.texts.slice(at, textAt), this.texts.slice(textAt, end)]
      at = end
    }
  }

  /** With one field written anew or, by `undefined`, removed. */
  #with(field: string, text: string | undefined): PayloadFields {
    const { lengthsAt, lengthsEnd, at, end, isFound } = this.#find(field)
    const { lengths, texts } = this
    const isThere = text !== undefined
    return new PayloadFields(
      this.size + Number(isThere) - Number(isFound),
      lengths.slice(0, lengthsAt) +
        (isThere ? lengthsOf(field, text) : '') +
        lengths.slice(lengthsEnd),
      texts.slice(0, at) + (isThere ? field.slice(2) + text : '') + texts.slice(end),
    )
  }

  /** Where a field stands; at the end and empty when it is not there. */
  #find(field: string) {
    const { lengths, texts } = this
    const name = field.slice(2)
    const wanted = twiceNameLength(field)
    const numbers = new Numbers(lengths, 0)
    let at = 0
    while (numbers.position < lengths.length) {
      const lengthsAt = numbers.position
      const length = numbers.next()
      const textAt = at + nameLength(length)
      const end = textAt + numbers.next()
      if (length === wanted && texts.startsWith(name, at))
        return { lengthsAt, lengthsEnd: numbers.position, at, textAt, end, isFound: true }
      at = end
    }
    const { length } = lengths
    return { lengthsAt: length, lengthsEnd: length, at, textAt: at, end: at, isFound: false }
  }
}

const DATA = 'd:'
const FLASH = 'f:'

/** So many changes are cheaper to make one after the other than by packing all fields anew. */
const FEW = 8

function lengthsOf(field: string, text: string): string {
  return packNumber(twiceNameLength(field)) + packNumber(text.length)
}

/** One more for a flash message. */
function twiceNameLength(field: string): number {
  return (field.length - 2) * 2 + Number(field.startsWith(FLASH))
}

function nameLength(twice: number): number {
  return Math.floor(twice / 2)
}

/** Six bits in each character, the lowest first; all but the last have the seventh bit, so that all are ASCII. */
export function packNumber(value: number): string {
  if (value < 64) return String.fromCharCode(value)
  return String.fromCharCode(64 + (value % 64)) + packNumber(Math.floor(value / 64))
}

/** Reads what `packNumber` wrote. */
export class Numbers {
  position: number
  /** Whether more was asked for than there is, or a number is too large. */
  isOver = false
  readonly #text: string

  constructor(text: string, position: number) {
    this.#text = text
    this.position = position
  }

  next(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 53; scale *= 64) {
      const digit = this.#text.charCodeAt(this.position)
      // Also where the text has ended.
      if (!(digit < 128)) break
      this.position += 1
      value += (digit & 63) * scale
      if (digit < 64) return value
    }
    this.isOver = true
    return 0
  }
}
