/*
 * One script per write. Each checks that the caller's deadline has not passed on Redis's own clock and that the
 * record exists, then writes everything or nothing, and answers [outcome, clock]. Each has one key, so that
 * Redis Cluster runs it. No command is newer than Redis 6.2.
 */

const deadlineFence = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now >= tonumber(ARGV[1]) then return {'late', now} end
`

const fence = `${deadlineFence}
local expiresAt = string.format('%.0f', now + ARGV[2])
`

/** KEYS: record. ARGV: deadline, ttl, then field and text in turn. */
export const createScript = `${fence}
if redis.call('EXISTS', KEYS[1]) == 1 then return {'taken', now} end
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'version', '1')
redis.call('PEXPIREAT', KEYS[1], expiresAt)
return {'landed', now}
`

/**
 * KEYS: record. ARGV: deadline, ttl, version or '', number of expected, number of deleted; then field and
 * expectation ('=text', or '' for absent) in turn, deleted fields, field and text in turn.
 */
export const patchScript = `${fence}
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return {'lost', now} end
if ARGV[3] ~= '' and ARGV[3] ~= version then return {'taken', now} end
local deleted = 6 + 2 * ARGV[4]
for i = 6, deleted - 1, 2 do
  local text = redis.call('HGET', KEYS[1], ARGV[i])
  if (text and '=' .. text or '') ~= ARGV[i + 1] then return {'taken', now} end
end
local set = deleted + ARGV[5]
-- Redis refuses this one when it is full, so it comes first: nothing is half written.
redis.call('HINCRBY', KEYS[1], 'version', 1)
for i = set, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = deleted, set - 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('PEXPIREAT', KEYS[1], expiresAt)
return {'landed', now}
`

/** KEYS: record. ARGV: deadline, ttl, version, then field and text in turn. */
export const touchScript = `${fence}
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return {'lost', now} end
if ARGV[3] ~= version then return {'taken', now} end
-- A full Redis allows this one, so it comes first: only the first write of a script can be refused.
redis.call('PEXPIREAT', KEYS[1], expiresAt)
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return {'landed', now}
`

/**
 * KEYS: record. ARGV: deadline. Answers its fields and texts in turn as well. What is not a hash makes HGETALL fail,
 * and is not deleted.
 */
export const destroyScript = `${deadlineFence}
local record = redis.call('HGETALL', KEYS[1])
if #record == 0 then return {'lost', now, record} end
redis.call('DEL', KEYS[1])
return {'landed', now, record}
`

/** KEYS: a user's index. ARGV: deadline, ttl, member. The index expires with its last member. */
export const indexScript = `${fence}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], expiresAt, ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
return {'landed', now}
`
