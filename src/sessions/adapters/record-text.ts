import { CorruptRecordError, type BackendRecord } from '../backend/session-backend.js'

/** A record with its end, in milliseconds since 1970: the store below may not know of ends, or only of seconds. */
export interface TimedRecord extends BackendRecord {
  readonly endsAt: number
}

/**
 * A record as one text. It does not begin like JSON, so that no store takes it apart on the way, and
 * names are no property names in it: `__proto__` is a field like any other.
 */
export function writeRecordText({ version, endsAt, fields }: TimedRecord): string {
  return HEAD + JSON.stringify([version, endsAt, ...[...fields].flat()])
}

/** @throws CorruptRecordError when it is not what `writeRecordText` writes. */
export function readRecordText(text: unknown): TimedRecord {
  const [version, endsAt, ...parts] = partsOf(text)
  const isRecord =
    Number.isSafeInteger(version) &&
    Number.isFinite(endsAt) &&
    parts.length % 2 === 0 &&
    parts.every((part) => typeof part === 'string')
  if (!isRecord) throw notOurs()
  const fields = new Map<string, string>()
  for (let index = 0; index < parts.length; index += 2) {
    fields.set(parts[index] as string, parts[index + 1] as string)
  }
  return { version: version as number, endsAt: endsAt as number, fields }
}

const HEAD = 'ingot:1:'

function partsOf(text: unknown): unknown[] {
  if (typeof text !== 'string' || !text.startsWith(HEAD)) throw notOurs()
  try {
    const parts: unknown = JSON.parse(text.slice(HEAD.length))
    return Array.isArray(parts) ? parts : []
  } catch {
    throw notOurs()
  }
}

/** Without the text, and without the parser's message, which quotes it. */
function notOurs(): CorruptRecordError {
  return new CorruptRecordError('What the store holds under the key of a session is not a session')
}
