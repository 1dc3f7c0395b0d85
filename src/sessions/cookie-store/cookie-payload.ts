import { isMetadata, type SessionMetadata } from '../session/expiry.js'

/** What a cookie of the cookie store holds. */
export interface CookiePayload {
  readonly id: string
  readonly metadata: SessionMetadata
  readonly fields: ReadonlyMap<string, string>
}

/**
 * One line of JSON (layout, id, times, and the length of each name and text), then names and texts as
 * they are. Texts are not quoted a second time, which would cost a byte for each of their quotes.
 */
export function writePayload({ id, metadata, fields }: CookiePayload): Buffer {
  let lengths = ''
  let texts = ''
  for (const [name, text] of fields) {
    lengths += `${lengths && ','}${name.length},${text.length}`
    texts += name + text
  }
  const head = `[${LAYOUT},${JSON.stringify(id)},${JSON.stringify(metadata)},[${lengths}]]`
  return Buffer.from(`${head}\n${texts}`)
}

/** What a payload holds, or `undefined` when it is none of ours; never throws. */
export function readPayload(content: Buffer): CookiePayload | undefined {
  const text = content.toString()
  const end = text.indexOf('\n')
  const head = parsed(text.slice(0, Math.max(end, 0)))
  if (!Array.isArray(head) || head[0] !== LAYOUT) return undefined
  const [, id, metadata, lengths] = head as unknown[]
  if (typeof id !== 'string' || !isMetadata(metadata) || !isLengths(lengths)) return undefined
  const fields = split(text.slice(end + 1), lengths)
  return fields && { id, metadata, fields }
}

const LAYOUT = 1

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isLengths(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length % 2 === 0 &&
    value.every((length) => Number.isSafeInteger(length) && length >= 0)
  )
}

function split(text: string, lengths: readonly number[]): Map<string, string> | undefined {
  const fields = new Map<string, string>()
  let position = 0
  const next = (length = 0): string => text.slice(position, (position += length))
  for (let index = 0; index < lengths.length; index += 2) {
    fields.set(next(lengths[index]), next(lengths[index + 1]))
  }
  return position === text.length ? fields : undefined
}
