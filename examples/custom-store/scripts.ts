/** Stores a new session. KEYS: session. ARGV: milliseconds it lives, then field and text in turn. */
export const CREATE = `
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
`

/**
 * Writes changes to a session that is still there: one that ended while the handler ran stays ended.
 * KEYS: session. ARGV: milliseconds it lives, removed fields as JSON, then field and text in turn.
 */
export const PATCH = `
if redis.call('HEXISTS', KEYS[1], 'm:createdAt') == 0 then return 0 end
for _, field in ipairs(cjson.decode(ARGV[2])) do redis.call('HDEL', KEYS[1], field) end
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`

/**
 * Leaves of a session that is still there only where it went, for a logout that comes with the old id.
 * KEYS: session. ARGV: the key of its successor, milliseconds that the longest request takes.
 */
export const REPLACE = `
if redis.call('HEXISTS', KEYS[1], 'm:createdAt') == 0 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'successor', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`

/** Removes a session, and says where it went. KEYS: session. */
export const END = `
local successor = redis.call('HGET', KEYS[1], 'successor')
redis.call('DEL', KEYS[1])
return successor
`
