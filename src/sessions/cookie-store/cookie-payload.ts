import { isMetadata, type SessionMetadata } from '../session/expiry.js'
import { FieldTexts } from '../session/field-texts.js'

/** What a cookie of the cookie store holds. */
export interface CookiePayload {
  /** 43 characters of base64url, as `newSessionId` makes them. */
  readonly id: string
  readonly metadata: SessionMetadata
  /** The texts of the data (`d:` and the key) and of flash messages (`f:` and the key). */
  readonly fields: ReadonlyMap<string, string>
}

/**
 * A byte for the layout, one that says whether there are rare facts, the 32 bytes of the id, when the session
 * began, for how long it was in use, the rare facts as JSON, the number of fields with the lengths of their names
 * and texts, and then all names and texts as they are. A cookie has room for 4,096 bytes: nothing is quoted twice,
 * and what repeats in each cookie (names of the times, `d:`) is not written.
 */
export function writePayload({ id, metadata, fields }: CookiePayload): Buffer {
  const { createdAt, seenAt } = metadata
  const rare = rareFactsOf(metadata)
  let texts = rare
  const head: number[] = []
  writeNumber(head, signed(createdAt))
  writeNumber(head, signed(seenAt - createdAt))
  if (rare) writeNumber(head, rare.length)
  writeNumber(head, fields.size)
  for (const [field, text] of fields) {
    writeNumber(head, lengthOf(field))
    writeNumber(head, text.length)
    texts += field.slice(2) + text
  }
  const start = ID_END + head.length
  const content = Buffer.allocUnsafe(start + Buffer.byteLength(texts))
  content[0] = LAYOUT
  content[1] = rare ? HAS_RARE_FACTS : 0
  content.write(id, ID_START, 'base64url')
  content.set(head, ID_END)
  content.write(texts, start)
  return content
}

/** What a payload holds, or `undefined` when it is none of ours; never throws. */
export function readPayload(content: Buffer): CookiePayload | undefined {
  const flags = content[1]
  if (content[0] !== LAYOUT || (flags !== 0 && flags !== HAS_RARE_FACTS)) return undefined
  const numbers = new Numbers(content, ID_END)
  const createdAt = unsigned(numbers.next())
  const seenAt = createdAt + unsigned(numbers.next())
  const rareLength = flags === 0 ? 0 : numbers.next()
  const lengths: number[] = []
  for (let left = numbers.next() * 2; left > 0 && !numbers.isOver; left -= 1) {
    lengths.push(numbers.next())
  }
  if (numbers.isOver) return undefined
  const texts = content.toString('utf8', numbers.position)
  const metadata = withRareFacts({ createdAt, seenAt }, texts.slice(0, rareLength))
  if (!isMetadata(metadata)) return undefined
  const fields = PayloadFields.in(texts, rareLength, lengths)
  return fields && { id: content.toString('base64url', ID_START, ID_END), metadata, fields }
}

const LAYOUT = 2
const HAS_RARE_FACTS = 1
const ID_START = 2
const ID_END = 34
const DATA = 'd:'
const FLASH = 'f:'

/** What few sessions have, in the order in which it is written. */
const RARE_FACTS = [
  'authenticatedAt',
  'userId',
  'label',
  'lifetime',
  'dataVersion',
  'epoch',
  'reach',
] as const

/** Those that a session has, without their names; an empty text when it has none. */
function rareFactsOf(metadata: SessionMetadata): string {
  const last = RARE_FACTS.findLastIndex((name) => metadata[name] !== undefined)
  if (last < 0) return ''
  return JSON.stringify(RARE_FACTS.slice(0, last + 1).map((name) => metadata[name]))
}

function withRareFacts(metadata: Record<string, unknown>, text: string): unknown {
  if (text === '') return metadata
  try {
    const facts: unknown = JSON.parse(text)
    if (!Array.isArray(facts) || facts.length > RARE_FACTS.length) return undefined
    for (const [index, fact] of facts.entries()) {
      if (fact !== null) metadata[RARE_FACTS[index] as string] = fact
    }
    return metadata
  } catch {
    return undefined
  }
}

/** Fields as they stand in a payload: one is cut out when it is asked for. */
class PayloadFields extends FieldTexts {
  readonly #texts: string
  readonly #start: number
  /** For each field twice the length of its name, one more for a flash message, and the length of its text. */
  readonly #lengths: readonly number[]

  /** Checks that they end where the texts end; else `undefined`. */
  static in(texts: string, start: number, lengths: readonly number[]): PayloadFields | undefined {
    let end = start
    for (const [index, length] of lengths.entries())
      end += index % 2 === 0 ? Math.floor(length / 2) : length
    return end === texts.length ? new PayloadFields(texts, start, lengths) : undefined
  }

  private constructor(texts: string, start: number, lengths: readonly number[]) {
    super()
    this.#texts = texts
    this.#start = start
    this.#lengths = lengths
  }

  get size(): number {
    return this.#lengths.length / 2
  }

  get(field: string): string | undefined {
    const name = field.slice(2)
    const wanted = lengthOf(field)
    const lengths = this.#lengths
    let at = this.#start
    for (let index = 0; index < lengths.length; index += 2) {
      const length = lengths[index]!
      const textAt = at + (length >> 1)
      const end = textAt + lengths[index + 1]!
      if (length === wanted && this.#texts.startsWith(name, at))
        return this.#texts.slice(textAt, end)
      at = end
    }
    return undefined
  }

  *entries(): MapIterator<[string, string]> {
    let at = this.#start
    for (let index = 0; index < this.#lengths.length; index += 2) {
      const length = this.#lengths[index]!
      const textAt = at + (length >> 1)
      const end = textAt + this.#lengths[index + 1]!
      const kind = length % 2 === 0 ? DATA : FLASH
      yield [kind + this.#texts.slice(at, textAt), this.#texts.slice(textAt, end)]
      at = end
    }
  }
}

/** Twice the length of a field's name, and one more for a flash message. */
function lengthOf(field: string): number {
  return (field.length - 2) * 2 + (field.startsWith(FLASH) ? 1 : 0)
}

/** Seven bits a byte, the lowest first; all but the last have the eighth bit. */
function writeNumber(bytes: number[], value: number): void {
  let rest = Math.floor(value)
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

/** A clock that was set back makes a session that was seen before it began, and one of a test begins anywhere. */
function signed(value: number): number {
  return value < 0 ? -2 * Math.floor(value) - 1 : 2 * Math.floor(value)
}

function unsigned(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/** Reads what `writeNumber` wrote. */
class Numbers {
  position: number
  /** Whether more was asked for than there is, or a number is too large. */
  isOver = false
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes
    this.position = position
  }

  next(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 50; scale *= 128) {
      const byte = this.#bytes[this.position]
      if (byte === undefined) break
      this.position += 1
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    this.isOver = true
    return 0
  }
}
