import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { CREATE, END, PATCH, REPLACE } from './scripts.js'

/** What a session is in Redis: the fields of `session.toRecord()`. */
export type HashRecord = Readonly<Record<string, string>>

/** Milliseconds for which the key of a replaced session says where it went: longer than any request. */
const LONGEST_REQUEST = 60_000

/** The only spelling an id has, so that nothing else ever becomes part of a Redis key. */
export function isId(text: string): boolean {
  return /^[\w-]{43}$/.test(text)
}

/** Reads what is there; without fields when there is nothing. */
export function read(redis: Redis, id: string): Promise<HashRecord> {
  return redis.hgetall(keyOf(id))
}

/** Stores a session under a new id. */
export async function create(
  redis: Redis,
  id: string,
  record: HashRecord,
  endsAt: Date,
): Promise<void> {
  await redis.eval(CREATE, 1, keyOf(id), lifeUntil(endsAt), ...Object.entries(record).flat())
}

/** Writes what differs. Says whether the session was still there: one that was ended stays ended. */
export async function patch(
  redis: Redis,
  id: string,
  held: HashRecord,
  record: HashRecord,
  endsAt: Date,
): Promise<boolean> {
  const removed = Object.keys(held).filter((field) => record[field] === undefined)
  const changed = Object.entries(record).filter(([field, text]) => held[field] !== text)
  const given = [lifeUntil(endsAt), JSON.stringify(removed), ...changed.flat()]
  return (await redis.eval(PATCH, 1, keyOf(id), ...given)) === 1
}

/** Stores a session under a new id in place of the previous one. Says whether that was still there. */
export async function replaceId(
  redis: Redis,
  previousId: string,
  id: string,
  record: HashRecord,
  endsAt: Date,
): Promise<boolean> {
  await create(redis, id, record, endsAt)
  const given = [keyOf(id), LONGEST_REQUEST]
  const wasThere = (await redis.eval(REPLACE, 1, keyOf(previousId), ...given)) === 1
  // Another request logged out meanwhile: a new id must not bring the session back.
  if (!wasThere) await end(redis, id)
  return wasThere
}

/** Ends a session, also where another request has just given it a new id. */
export async function end(redis: Redis, id: string): Promise<void> {
  let key: string | null = keyOf(id)
  while (key !== null) key = (await redis.eval(END, 1, key)) as string | null
}

/** Hashed, so that whoever reads Redis, a backup or MONITOR cannot use what is there as a cookie. */
function keyOf(id: string): string {
  return `custom-session:${createHash('sha256').update(id).digest('base64url')}`
}

/** Milliseconds; at least one, for Redis refuses none. */
function lifeUntil(endsAt: Date): number {
  return Math.max(1, endsAt.getTime() - Date.now())
}
