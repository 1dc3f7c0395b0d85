import type { BackendRecord } from '../backend/session-backend.js'
import { SessionStoreError, SessionTooLargeError } from '../errors/errors.js'
import { areLimitsFine, type SessionMetadata } from './expiry.js'
import { ChangedFields, NO_FIELDS } from './field-texts.js'
import { PackedFields, PackedReader, packFields, packNumber, packTime } from './packed-fields.js'

/*
 * The text of a record: the layout (one digit) and `seenAt` (13 digits), so that noting activity rewrites 14 characters
 * in place. Then what a cookie has as well: when the session began, which facts there are, those facts, and the fields;
 * times as `packTime` writes them, counts and lengths as `packNumber`. Lengths are in UTF-16 units.
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
  for (let at = 1; at < TOUCHED; at += 1) {
    const digit = text.charCodeAt(at) - 48
    // Where the text ends it is NaN, which is refused too.
    if (!(digit >= 0 && digit <= 9)) return undefined
    seenAt = seenAt * 10 + digit
  }
  const content = readContent(new PackedReader(text, TOUCHED), seenAt)
  if (!content) return undefined
  const { metadata, notes, fields } = content
  return { text, version, metadata, notes, fields }
}

/** Reads what follows `seenAt`; `undefined` when something is missing, or the fields do not end where the text ends. */
export function readContent(
  reader: PackedReader,
  seenAt: number,
): (RecordContent & { readonly fields: PackedFields }) | undefined {
  const createdAt = reader.time()
  const facts = reader.number()
  // In the order in which `packHead` writes them.
  const authenticatedAt = facts & 1 ? reader.time() : undefined
  const userId = facts & 2 ? reader.string() : undefined
  const label = facts & 4 ? reader.string() : undefined
  const lifetime = facts & 8 ? reader.number() : undefined
  const dataVersion = facts & 16 ? reader.number() : undefined
  const epoch = facts & 32 ? reader.string() : undefined
  const reach = facts & 64 ? reader.time() : undefined
  const predecessor = facts & 128 ? reader.string() : undefined
  const successor = facts & 256 ? reader.string() : undefined
  const replacedUntil = facts & 512 ? reader.time() : undefined
  const fields = PackedFields.open(reader)
  if (!fields || facts >= 1024) return undefined
  if (facts > 0 && !areLimitsFine(lifetime, dataVersion)) return undefined
  return {
    // Named one by one: a spread takes V8 ten times as long as all else here.
    metadata: {
      createdAt,
      seenAt,
      authenticatedAt,
      userId,
      label,
      lifetime,
      dataVersion,
      epoch,
      reach,
    },
    notes: { predecessor, successor, replacedUntil },
    fields,
  }
}

/** What `readContent` reads, up to the fields. */
export function packHead(metadata: SessionMetadata, notes: RecordNotes): string {
  // Named one by one: names that are read from a list take V8 as long as all else here.
  const { authenticatedAt, userId, label, lifetime, dataVersion, epoch, reach } = metadata
  const { predecessor, successor, replacedUntil } = notes
  const facts = [
    authenticatedAt,
    userId,
    label,
    lifetime,
    dataVersion,
    epoch,
    reach,
    predecessor,
    successor,
    replacedUntil,
  ]
  let present = 0
  let packed = ''
  for (let index = 0; index < facts.length; index += 1) {
    const fact = facts[index]
    if (fact === undefined) continue
    present += 1 << index
    if (typeof fact === 'string') packed += packNumber(fact.length) + fact
    else packed += (TIMES & (1 << index)) === 0 ? packNumber(fact) : packTime(fact)
  }
  return packTime(metadata.createdAt) + packNumber(present) + packed
}

/** `authenticatedAt`, `reach` and `replacedUntil`. */
const TIMES = 1 | 64 | 512

/** What counts no layout is damaged, and a 503 for ever would help nobody. */
function noRecord(text: string): undefined {
  if (/^[2-9]\d{13}/.test(text)) throw newerLayout()
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
  return startOf(metadata) + packHead(metadata, notes) + packFields(fields)
}

/** The text of a record with its activity noted, or its beginning. */
export function withSeenAt(
  { text }: BackendRecord,
  metadata: SessionMetadata,
  end = text.length,
): string {
  return startOf(metadata) + text.slice(TOUCHED, end)
}

/** Clocks of tests may give parts of milliseconds; what is before 1970 counts as its beginning. */
function startOf({ seenAt }: SessionMetadata): string {
  const whole = Math.floor(Math.min(Math.max(seenAt, 0), LATEST))
  return LAYOUT + String(whole).padStart(TOUCHED - 1, '0')
}

/** What 13 digits can say: the year 2286. */
const LATEST = 9_999_999_999_999

/** Whether the text of a record says that its visitor has logged in: when, or who. */
export function isLoggedIn(text: string): boolean {
  // A backend may hold other texts as well.
  if (text[0] !== LAYOUT) return false
  const reader = new PackedReader(text, TOUCHED)
  reader.time()
  return reader.number() % 4 > 0
}

/** What requests want to change in a record. */
export interface RecordChanges {
  readonly metadata?: SessionMetadata
  readonly notes?: RecordNotes
  /** Whether only `texts` are left of the fields. */
  readonly isCleared?: boolean
  /** The new text of each changed field; `undefined` for one that is removed. */
  readonly texts?: ReadonlyMap<string, string | undefined>
}

/** A record with changes in it, before it is written. */
export class RecordDraft implements Required<RecordChanges> {
  readonly known: StoredSession
  readonly metadata: SessionMetadata
  readonly notes: RecordNotes
  readonly isCleared: boolean
  readonly texts: ReadonlyMap<string, string | undefined>

  constructor(known: StoredSession, changes: RecordChanges = {}) {
    const { metadata, notes, isCleared, texts } = changes
    this.known = known
    this.metadata = metadata ?? known.metadata
    this.notes = notes ?? known.notes
    this.isCleared = isCleared ?? false
    this.texts = texts ?? NO_FIELDS
  }

  /** The text of a field as it would be written. */
  textOf(field: string): string | undefined {
    if (this.isCleared || this.texts.has(field)) return this.texts.get(field)
    return this.known.fields.get(field)
  }

  /** All fields as they would be written. */
  get fields(): ReadonlyMap<string, string> {
    return new ChangedFields(this.known.fields, this)
  }

  /** The text of the record. */
  get text(): string {
    const { known, metadata, notes } = this
    const before = known.metadata
    const isSame =
      notes === known.notes &&
      metadata.authenticatedAt === before.authenticatedAt &&
      metadata.lifetime === before.lifetime &&
      metadata.userId === before.userId &&
      metadata.label === before.label &&
      metadata.dataVersion === before.dataVersion
    // Mostly the activity alone is another one. `epoch` and `reach` are of cookies, and in no record.
    const head = isSame
      ? withSeenAt(known, metadata, known.fields.start)
      : startOf(metadata) + packHead(metadata, notes)
    return head + (this.isCleared ? packFields(this.fields) : known.fields.packedWith(this.texts))
  }
}
