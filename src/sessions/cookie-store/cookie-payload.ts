import { isMetadata, type SessionMetadata } from '../session/expiry.js'
import type { SessionRecord } from '../store/next-step.js'
import { LONGEST_NUMBER, Numbers, PayloadFields, putNumber } from './payload-fields.js'

/** What a cookie of the cookie store holds. */
export interface CookiePayload extends SessionRecord {
  /** 43 characters of base64url, as `newSessionId` makes them. */
  readonly id: string
}

/**
 * A byte for the layout, the 32 bytes of the id, and numbers: when the session began, for how long it was in use, the
 * length of the rare facts, the number of fields, for each of them the lengths of its name and text. Then a text: the
 * rare facts as JSON, and all names and texts as they are. A cookie has room for 4,096 bytes: nothing is quoted twice,
 * and what repeats in each cookie (names of the times, `d:`) is not written. Lengths are in UTF-16 units.
 */
export function writePayload({ id, metadata, fields }: CookiePayload): Buffer {
  const { createdAt, seenAt } = metadata
  const rare = rareFactsOf(metadata)
  const { size, lengths, texts } = PayloadFields.of(fields)
  const text = rare + texts
  const most = ID_END + (lengths.length + 4) * LONGEST_NUMBER + Buffer.byteLength(text)
  const content = Buffer.allocUnsafe(most)
  content[0] = LAYOUT
  let at = ID_START + content.write(id, ID_START, 'base64url')
  at = putNumber(content, at, signed(createdAt))
  at = putNumber(content, at, signed(seenAt - createdAt))
  at = putNumber(content, at, rare.length)
  at = putNumber(content, at, size)
  for (const length of lengths) at = putNumber(content, at, length)
  return content.subarray(0, at + content.write(text, at))
}

/** What a payload holds, or `undefined` when it is none of ours; never throws. */
export function readPayload(content: Buffer): CookiePayload | undefined {
  if (content[0] !== LAYOUT) return undefined
  const numbers = new Numbers(content, ID_END)
  const createdAt = unsigned(numbers.next())
  const seenAt = createdAt + unsigned(numbers.next())
  const rareLength = numbers.next()
  const lengths = numbers.list()
  if (!lengths) return undefined
  const text = content.toString('utf8', numbers.position)
  const fields = PayloadFields.open(lengths, text, rareLength)
  if (!fields) return undefined
  const times = { createdAt, seenAt }
  const metadata = rareLength === 0 ? times : withRareFacts(times, text.slice(0, rareLength))
  return metadata && { id: content.toString('base64url', ID_START, ID_END), metadata, fields }
}

const LAYOUT = 3
const ID_START = 1
const ID_END = 33

/** What few sessions have, in the order in which `rareFactsOf` writes it. */
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
  // Named one by one: names that are read from a list take V8 as long as all else here.
  const { authenticatedAt, userId, label, lifetime, dataVersion, epoch, reach } = metadata
  const facts = [authenticatedAt, userId, label, lifetime, dataVersion, epoch, reach]
  while (facts.length > 0 && facts.at(-1) === undefined) facts.pop()
  return facts.length === 0 ? '' : JSON.stringify(facts)
}

function withRareFacts(times: SessionMetadata, text: string): SessionMetadata | undefined {
  try {
    const facts: unknown = JSON.parse(text)
    if (!Array.isArray(facts) || facts.length > RARE_FACTS.length) return undefined
    const metadata: Record<string, unknown> = { ...times }
    for (const [index, fact] of facts.entries())
      if (fact !== null) metadata[RARE_FACTS[index] as string] = fact
    return isMetadata(metadata) ? metadata : undefined
  } catch {
    return undefined
  }
}

/** A clock that was set back makes a session that was seen before it began, and one of a test begins anywhere. */
function signed(value: number): number {
  return value < 0 ? -2 * Math.floor(value) - 1 : 2 * Math.floor(value)
}

function unsigned(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}
