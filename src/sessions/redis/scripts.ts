/*
 * One script per write. Each checks the caller's deadline against Redis's own clock and the existence of
 * the record, then writes everything or nothing, and answers [outcome, clock]. One key each, so that
 * Redis Cluster runs them; no command that is younger than Redis 6.2.
 */

const fence = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= tonumber(ARGV[1]) then return {'late', now} end
local ends = string.format('%.0f', now + ARGV[2])
`

/** KEYS: record. ARGV: deadline, ttl, then field and text in turn. */
export const createScript = `${fence}
if redis.call('EXISTS', KEYS[1]) == 1 then return {'conflict', now} end
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'version', '1')
redis.call('PEXPIREAT', KEYS[1], ends)
return {'applied', now}
`

/**
 * KEYS: record. ARGV: deadline, ttl, version or '', number of expected, number of deleted; then field and
 * expectation ('=text', or '' for absent) in turn, deleted fields, field and text in turn.
 */
export const patchScript = `${fence}
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return {'missing', now} end
if ARGV[3] ~= '' and ARGV[3] ~= version then return {'conflict', now} end
local deleted = 6 + 2 * ARGV[4]
for i = 6, deleted - 1, 2 do
  local text = redis.call('HGET', KEYS[1], ARGV[i])
  if (text and '=' .. text or '') ~= ARGV[i + 1] then return {'conflict', now} end
end
local set = deleted + ARGV[5]
-- First what a full Redis refuses: then nothing has happened yet.
redis.call('HINCRBY', KEYS[1], 'version', 1)
for i = set, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = deleted, set - 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('PEXPIREAT', KEYS[1], ends)
return {'applied', now}
`

/** KEYS: record. ARGV: deadline, ttl, version, then field and text in turn. */
export const touchScript = `${fence}
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return {'missing', now} end
if ARGV[3] ~= version then return {'conflict', now} end
-- First what a full Redis allows: it refuses growth only as the first write of a script.
redis.call('PEXPIREAT', KEYS[1], ends)
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return {'applied', now}
`

/**
 * KEYS: record. Answers its fields and texts in turn. No deadline: a logout that lands late is still
 * what the visitor wanted. What is not a hash fails at HGETALL, and stays.
 */
export const destroyScript = `
local record = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return record
`

/** KEYS: a user's index. ARGV: deadline, ttl, member. Ends with its last entry. */
export const noteScript = `${fence}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], ends, ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
return {'applied', now}
`
