/** Reads a session and notes that its visitor was here. KEYS: session. ARGV: seconds it may idle. */
export const READ = `
redis.call('EXPIRE', KEYS[1], ARGV[1])
return redis.call('HGETALL', KEYS[1])
`

/** Stores a new session. KEYS: session. ARGV: seconds it may idle, then field and text in turn. */
export const CREATE = `
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
`

/**
 * Writes changes to a session that is still there: one that ended while the handler ran stays ended.
 * KEYS: session. ARGV: removed fields as JSON, then field and text in turn.
 */
export const PATCH = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for _, field in ipairs(cjson.decode(ARGV[1])) do redis.call('HDEL', KEYS[1], field) end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
`
