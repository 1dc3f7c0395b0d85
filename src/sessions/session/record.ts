import type { BackendRecord } from '../backend/session-backend.js'
import { SessionStoreError } from '../errors/errors.js'
import { keyError } from '../errors/usage-error.js'
import { hasShape, isMetadata, type SessionMetadata, type Shape } from './expiry.js'

/** What a server-side store notes in a record beside the session, under names that no key can have. */
export interface RecordNotes {
  /** The session got a new id: until then, in milliseconds since 1970, this record may only be read. */
  readonly replacedUntil?: number | undefined
  /** The key of the record that replaced this one. */
  readonly successor?: string | undefined
  /** The key of the record that this one replaced. */
  readonly predecessor?: string | undefined
}

const NOTES: Shape = [
  ['replacedUntil', 'number?'],
  ['successor', 'string?'],
  ['predecessor', 'string?'],
]

/** A record of a backend, read. */
export interface StoredSession {
  readonly metadata: SessionMetadata
  readonly notes: RecordNotes
  /** The fields of the session alone. */
  readonly fields: ReadonlyMap<string, string>
  readonly version: number
}

/**
 * Reads a record. One without its times, or with other values than are written, is no session.
 *
 * @throws SessionStoreError when a newer version of this library wrote it: it must not be lost, nor written
 *   by one that does not understand it.
 */
export function readRecord({ fields, version }: BackendRecord): StoredSession | undefined {
  const layout = fields.get('m:layout')
  if (layout !== undefined && layout !== LAYOUT) {
    // What counts no layout is damaged, and a 503 for ever would help nobody.
    if (!/^[2-9]$|^[1-9]\d{1,3}$/.test(layout)) return undefined
    throw new SessionStoreError('the session was stored by a newer version of this library', {
      reason: 'newer-layout',
    })
  }
  const metadata: Record<string, unknown> = {}
  const notes: Record<string, unknown> = {}
  const own = new Map<string, string>()
  try {
    for (const [field, text] of fields) {
      const values = spaceOf(field, metadata, notes)
      if (!values) own.set(field, text)
      // Assigned to, `__proto__` would be the prototype; none of ours has such a name.
      else if (field !== 'm:layout' && field.slice(2) !== '__proto__')
        values[field.slice(2)] = JSON.parse(text)
    }
  } catch {
    return undefined
  }
  if (!isMetadata(metadata) || !hasShape(notes, NOTES)) return undefined
  return { metadata, notes, fields: own, version }
}

/** Where a field belongs that is not the session's own. */
function spaceOf<Values>(field: string, metadata: Values, notes: Values): Values | undefined {
  if (field[1] !== ':') return undefined
  if (field[0] === 'm') return metadata
  return field[0] === 'n' ? notes : undefined
}

/** Whether the fields of a record say that its visitor has logged in. */
export function isLoggedIn(fields: ReadonlyMap<string, string>): boolean {
  return fields.has('m:userId') || fields.has('m:authenticatedAt')
}

/** The fields in which a backend keeps times and notes. Each is its own, so that writes do not mix. */
export function metadataFields(metadata: Partial<SessionMetadata>): Map<string, string> {
  return fieldsOf('m:', metadata)
}

export function noteFields(notes: RecordNotes): Map<string, string> {
  return fieldsOf('n:', notes)
}

/** The layout of records that this version writes. */
export const LAYOUT_FIELD: readonly [string, string] = ['m:layout', '1']
const [, LAYOUT] = LAYOUT_FIELD

function fieldsOf(space: string, values: object): Map<string, string> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return new Map(given.map(([name, value]) => [space + name, JSON.stringify(value)]))
}

/**
 * The field of a key of the data.
 *
 * @throws SessionUsageError when no store could keep the key exactly.
 */
export function dataField(key: string): string {
  return `d:${checkKey(key)}`
}

/** The field of a flash message. */
export function flashField(key: string): string {
  return `f:${checkKey(key)}`
}

const LONGEST_KEY = 1024

function checkKey(key: unknown): string {
  if (typeof key !== 'string') throw keyError(String(key), 'keys are strings')
  if (key.length > LONGEST_KEY) {
    throw keyError(key, `it is longer than ${LONGEST_KEY} characters`)
  }
  // A lone surrogate does not survive UTF-8: two keys would become one.
  if (/\p{Surrogate}/u.test(key)) throw keyError(key, 'it is not well-formed Unicode')
  return key
}
