import { MemoryStore, sessions } from 'ingot'
import { redis, RedisStore } from 'ingot/redis'

/** @param url where Redis is; without it sessions end with this process. */
export function keepSessions(url: string | undefined) {
  if (!url) return [sessions(new MemoryStore())]
  return [sessions(new RedisStore()), redis(url)]
}
