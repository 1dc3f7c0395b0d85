import { CorruptRecordError, type BackendRecord } from '../backend/session-backend.js'

/** A record and when it expires: the store below may have no expiry, or count it in seconds. */
export interface TimedRecord extends BackendRecord {
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * A record as one text. It does not begin like JSON, so that no store parses it on the way. The names of fields
 * are not property names: `__proto__` is a field like any other.
 */
export function writeRecordText({ version, expiresAt, fields }: TimedRecord): string {
  return HEAD + JSON.stringify([version, expiresAt, ...[...fields].flat()])
}

/** @throws CorruptRecordError when `writeRecordText` did not write it. */
export function readRecordText(text: unknown): TimedRecord {
  const [version, expiresAt, ...parts] = partsOf(text)
  const isRecord =
    Number.isSafeInteger(version) &&
    (version as number) >= 1 &&
    Number.isFinite(expiresAt) &&
    parts.length % 2 === 0 &&
    parts.every((part) => typeof part === 'string')
  if (!isRecord) throw corrupt()
  const fields = new Map<string, string>()
  for (let index = 0; index < parts.length; index += 2) {
    fields.set(parts[index] as string, parts[index + 1] as string)
  }
  return { version: version as number, expiresAt: expiresAt as number, fields }
}

const HEAD = 'ingot:1:'

function partsOf(text: unknown): unknown[] {
  if (typeof text !== 'string' || !text.startsWith(HEAD)) throw corrupt()
  try {
    const parts: unknown = JSON.parse(text.slice(HEAD.length))
    return Array.isArray(parts) ? parts : []
  } catch {
    throw corrupt()
  }
}

/** The parser's message quotes the text, so neither is in the error. */
function corrupt(): CorruptRecordError {
  return new CorruptRecordError(
    'The store holds something else than a session under the key of a session',
  )
}
