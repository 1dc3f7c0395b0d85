import type { BackendRecord } from '../backend/session-backend.js'
import { SessionStoreError, SessionTooLargeError } from '../errors/errors.js'
import { LONGEST_LIFETIME, type SessionMetadata } from './expiry.js'
import { ChangedFields, PackedFields, packField } from './field-texts.js'

/*
 * The text of a record, without the spaces:
 *
 *     1 seenAt ; createdAt,authenticatedAt,lifetime,dataVersion,replacedUntil,user,label,successor,predecessor;
 *
 * The layout and `seenAt` (13 digits) have fixed places, so that noting activity rewrites 14 characters. Then come
 * whole milliseconds and seconds, and the lengths of four texts, each empty where there is none; then those
 * texts, and the packed fields. Lengths are in UTF-16 units.
 */

/** What a record says. */
export interface RecordContent {
  readonly metadata: SessionMetadata
  readonly notes: RecordNotes
  /** The fields of the session: encoded texts. */
  readonly fields: ReadonlyMap<string, string>
}

/** A record of a backend, read. Nothing of its fields is decoded yet. */
export interface StoredSession extends RecordContent, BackendRecord {
  readonly fields: PackedFields
}

/** What a server-side store notes in a record beside the session. */
export interface RecordNotes {
  /** The session got a new id: until then, in milliseconds since 1970, this record may only be read. */
  readonly replacedUntil?: number | undefined
  /** The key of the record that replaced this one. */
  readonly successor?: string | undefined
  /** The key of the record that this one replaced. */
  readonly predecessor?: string | undefined
}

/**
 * Reads a record. One without its times, or whose lengths do not end where the text ends, is no session.
 *
 * @throws SessionStoreError when a newer version of this library wrote it: it must not be lost, nor written
 *   by one that does not understand it.
 */
export function readRecord({ text, version }: BackendRecord): StoredSession | undefined {
  if (text[0] !== LAYOUT) return noRecord(text)
  let seenAt = 0
  let at = 1
  for (; at < TOUCHED; at += 1) {
    const digit = digitAt(text, at)
    if (digit < 0) return undefined
    seenAt = seenAt * 10 + digit
  }
  if (text[at] !== ';') return undefined
  at += 1
  const head: (number | undefined)[] = []
  for (let index = 0; index < HEAD; index += 1) {
    const first = at
    let value = 0
    for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, (at += 1)))
      value = value * 10 + digit
    if (at - first > MOST_DIGITS || text[at] !== (index < HEAD - 1 ? ',' : ';')) return undefined
    head.push(at === first ? undefined : value)
    at += 1
  }
  const [createdAt, authenticatedAt, lifetime, dataVersion, replacedUntil] = head
  const texts: (string | undefined)[] = []
  for (let index = FIRST_LENGTH; index < HEAD; index += 1) {
    const length = head[index]
    texts.push(length === undefined ? undefined : text.slice(at, (at += length)))
  }
  const [userId, label, successor, predecessor] = texts
  const fields = PackedFields.open(text, at)
  if (!fields || createdAt === undefined) return undefined
  if (lifetime === 0 || (lifetime ?? 0) > LONGEST_LIFETIME || dataVersion === 0) return undefined
  const metadata = { createdAt, seenAt, authenticatedAt, lifetime, userId, label, dataVersion }
  return { text, version, metadata, notes: { replacedUntil, successor, predecessor }, fields }
}

/** What counts no layout is damaged, and a 503 for ever would help nobody. */
function noRecord(text: string): undefined {
  if (/^[2-9]\d{13};/.test(text)) throw newerLayout()
}

export function newerLayout(): SessionStoreError {
  return new SessionStoreError('the session was stored by a newer version of this library', {
    reason: 'newer-layout',
  })
}

/** The layout of records that this version writes; one digit. */
export const LAYOUT = '1'
/** So many characters are layout and `seenAt`, which `touch` rewrites. */
const TOUCHED = 14
const HEAD = 9
const FIRST_LENGTH = 5
/** Whole numbers of so many digits are exact. */
const MOST_DIGITS = 15

/** The value of a digit; negative when it is none, or the text ends. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 48
  return digit >= 0 && digit <= 9 ? digit : -1
}

/** @throws SessionTooLargeError when it is more than one visitor may store. */
export function checkSize(
  { metadata, fields }: Pick<RecordContent, 'metadata' | 'fields'>,
  maxSize: number,
): void {
  // The application takes these from visitors, as it does the data.
  const { userId = '', label = '' } = metadata
  let size = Buffer.byteLength(userId) + Buffer.byteLength(label)
  for (const [field, text] of fields) size += Buffer.byteLength(field) + Buffer.byteLength(text)
  if (size <= maxSize) return
  throw new SessionTooLargeError(size, maxSize, 'Keep less in it, or raise `maxSize` of the store.')
}

/** The text of a record. */
export function writeRecord({ metadata, notes, fields }: RecordContent): string {
  let packed = ''
  for (const [name, text] of fields) packed += packField(name, text)
  return writeHead(metadata, notes) + packed
}

/** The text of a record up to its fields. Clocks of tests may give parts of milliseconds, and small numbers. */
export function writeHead(metadata: SessionMetadata, notes: RecordNotes): string {
  const { userId, label, createdAt, authenticatedAt, lifetime, dataVersion } = metadata
  const { successor, predecessor, replacedUntil } = notes
  const numbers = `${whole(createdAt)},${whole(authenticatedAt)},${whole(lifetime)},${whole(dataVersion)},${whole(replacedUntil)}`
  const lengths = `${lengthOf(userId)},${lengthOf(label)},${lengthOf(successor)},${lengthOf(predecessor)}`
  const texts = (userId ?? '') + (label ?? '') + (successor ?? '') + (predecessor ?? '')
  return `${startOf(metadata)};${numbers},${lengths};${texts}`
}

/** The text of a record with its activity noted, or its beginning. */
export function withSeenAt(
  { text }: BackendRecord,
  metadata: SessionMetadata,
  end = text.length,
): string {
  return startOf(metadata) + text.slice(TOUCHED, end)
}

function startOf({ seenAt }: SessionMetadata): string {
  return LAYOUT + whole(Math.min(seenAt, LATEST)).padStart(TOUCHED - 1, '0')
}

/** What 13 digits can say: the year 2286. */
const LATEST = 9_999_999_999_999

function whole(value: number | undefined): string {
  return value === undefined ? '' : String(Math.max(0, Math.floor(value)))
}

function lengthOf(text: string | undefined): number | '' {
  return text === undefined ? '' : text.length
}

/** Whether the text of a record says that its visitor has logged in. */
export function isLoggedIn(text: string): boolean {
  // The second number is `authenticatedAt`, the sixth the length of the user.
  let at = text.indexOf(',', TOUCHED) + 1
  if (digitAt(text, at) >= 0) return true
  for (let next = 2; next < 6; next += 1) at = text.indexOf(',', at) + 1
  return digitAt(text, at) >= 0
}

/** A record with what requests want to change in it, before it is written. */
export interface RecordDraft {
  readonly known: StoredSession
  readonly metadata: SessionMetadata
  readonly notes: RecordNotes
  /** Whether only `texts` are left of the fields. */
  readonly isCleared: boolean
  /** The new text of each changed field; `undefined` for one that is removed. */
  readonly texts: ReadonlyMap<string, string | undefined>
}

const NO_TEXTS: ReadonlyMap<string, undefined> = new Map()

export function draftOf(known: StoredSession): RecordDraft {
  const { metadata, notes } = known
  return { known, metadata, notes, isCleared: false, texts: NO_TEXTS }
}

/** The text of a field as it would be written. */
export function textIn(
  { known, isCleared, texts }: RecordDraft,
  field: string,
): string | undefined {
  if (isCleared || texts.has(field)) return texts.get(field)
  return known.fields.get(field)
}

/** All fields as they would be written. */
export function fieldsIn(draft: RecordDraft): ReadonlyMap<string, string> {
  return new ChangedFields(draft.known.fields, draft)
}

/** The text of the record. */
export function draftText(draft: RecordDraft): string {
  const { known, metadata, notes, isCleared, texts } = draft
  if (isCleared) return writeRecord({ metadata, notes, fields: fieldsIn(draft) })
  const { metadata: before, fields } = known
  const isSame =
    notes === known.notes &&
    metadata.authenticatedAt === before.authenticatedAt &&
    metadata.lifetime === before.lifetime &&
    metadata.userId === before.userId &&
    metadata.label === before.label &&
    metadata.dataVersion === before.dataVersion
  // Mostly the activity alone is another one.
  const head = isSame ? withSeenAt(known, metadata, fields.start) : writeHead(metadata, notes)
  return head + fields.packedWith(texts)
}
