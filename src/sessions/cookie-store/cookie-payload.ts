import { packFields, packTime, PackedReader } from '../session/packed-fields.js'
import { packHead, readContent } from '../session/record.js'
import type { SessionRecord } from '../store/next-step.js'

/** What a cookie of the cookie store holds. */
export interface CookiePayload extends SessionRecord {
  /** 43 characters of base64url, as `newSessionId` makes them. */
  readonly id: string
}

/** A byte for the layout, the 32 bytes of the id, and a text: `seenAt`, and then what a record has. */
export function writePayload({ id, metadata, fields }: CookiePayload): Buffer {
  const text = packTime(metadata.seenAt) + packHead(metadata, {}) + packFields(fields)
  const content = Buffer.allocUnsafe(ID_END + Buffer.byteLength(text))
  content[0] = LAYOUT
  content.write(id, ID_START, 'base64url')
  content.write(text, ID_END)
  return content
}

/** What a payload holds, or `undefined` when it is none of ours; never throws. */
export function readPayload(content: Buffer): CookiePayload | undefined {
  if (content[0] !== LAYOUT) return undefined
  const reader = new PackedReader(content.toString('utf8', ID_END), 0)
  const read = readContent(reader, reader.time())
  if (!read) return undefined
  const { metadata, fields } = read
  return { id: content.toString('base64url', ID_START, ID_END), metadata, fields }
}

const LAYOUT = 4
const ID_START = 1
const ID_END = 33
