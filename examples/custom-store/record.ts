import { createHash } from 'node:crypto'
import type { Session } from 'ingot'
import type { Redis } from 'ioredis'
import { CREATE, PATCH, READ } from './scripts.js'

const IDLE_SECONDS = 30 * 60
const LONGEST_LIFE = 8 * 60 * 60 * 1000

/** A session as it lies in Redis. A dump compares with it, and writes only what the handler changed. */
export class HeldRecord {
  /** When the session began, in milliseconds since 1970. */
  readonly since: number
  /** The JSON of each key; a `.` before the key keeps what is called `since` apart from ours. */
  readonly fields: ReadonlyMap<string, string>

  constructor(since: number, fields: ReadonlyMap<string, string>) {
    this.since = since
    this.fields = fields
  }

  get data(): Record<string, unknown> {
    const entries = [...this.fields].map(([field, text]) => [field.slice(1), JSON.parse(text)])
    return Object.fromEntries(entries) as Record<string, unknown>
  }
}

/** The only spelling an id has, so that nothing else ever becomes part of a Redis key. */
export function isId(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

/** Reads a session and notes that its visitor was here; `undefined` when there is none, or it is over. */
export async function read(redis: Redis, id: string): Promise<HeldRecord | undefined> {
  const reply = (await redis.eval(READ, 1, keyOf(id), IDLE_SECONDS)) as string[]
  const fields = new Map<string, string>()
  for (let index = 0; index < reply.length; index += 2) fields.set(reply[index]!, reply[index + 1]!)
  const since = Number(fields.get('since') ?? Number.NaN)
  fields.delete('since')
  return Date.now() < since + LONGEST_LIFE ? new HeldRecord(since, fields) : undefined
}

/** Stores a session under a new id. */
export async function create(
  redis: Redis,
  id: string,
  session: Session,
  since = Date.now(),
): Promise<HeldRecord> {
  const fields = fieldsOf(session)
  await redis.eval(CREATE, 1, keyOf(id), IDLE_SECONDS, 'since', since, ...[...fields].flat())
  return new HeldRecord(since, fields)
}

/** Writes what differs, if the session is still there: one that was ended meanwhile stays ended. */
export async function patch(
  redis: Redis,
  id: string,
  held: HeldRecord,
  session: Session,
): Promise<HeldRecord> {
  const fields = fieldsOf(session)
  const removed = [...held.fields.keys()].filter((field) => !fields.has(field))
  const changed = [...fields].filter(([field, text]) => held.fields.get(field) !== text)
  await redis.eval(PATCH, 1, keyOf(id), JSON.stringify(removed), ...changed.flat())
  return new HeldRecord(held.since, fields)
}

/** Ends a session. Says whether it was there. */
export async function remove(redis: Redis, id: string): Promise<boolean> {
  return (await redis.del(keyOf(id))) > 0
}

/** Hashed, so that whoever reads Redis, a backup or MONITOR cannot use what is there as a cookie. */
function keyOf(id: string): string {
  return `custom-session:${createHash('sha256').update(id).digest('base64url')}`
}

function fieldsOf(session: Session): Map<string, string> {
  return new Map(session.entries().map(([name, value]) => [`.${name}`, JSON.stringify(value)]))
}
