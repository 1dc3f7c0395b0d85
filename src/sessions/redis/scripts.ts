/*
 * One script for each kind of write. Each checks that the caller's deadline has not passed on Redis's own clock, and
 * answers that clock first. No command is newer than Redis 6.2. A record is one string: its version in 10 digits,
 * then its text.
 */

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

const fence = `${now}
if now >= tonumber(ARGV[1]) then return {now, 'late'} end
`

/**
 * KEYS: records. ARGV: for each of them deadline, the version that it has to have ('' for none), value, ttl. Answers
 * for each: 'late', 'missing', 'applied', or the value as it is.
 *
 * SET by `call`: a Redis that is full or a replica refuses the first one, nothing is written, and the reply is that
 * error, which a client has to see. No other command that writes may stand here: when one of them is allowed to a
 * full Redis, so is every SET after it.
 */
export const writeScript = `${now}
local replies = {now}
for i, key in ipairs(KEYS) do
  local at = i * 4
  local version = ARGV[at - 2]
  local reply = 'missing'
  if now >= tonumber(ARGV[at - 3]) then
    reply = 'late'
  elseif version == '' then
    if redis.call('SET', key, ARGV[at - 1], 'NX', 'PX', ARGV[at]) then reply = 'applied' end
  else
    local found = redis.pcall('GETRANGE', key, 0, 9)
    if type(found) == 'table' then
      if not string.find(found.err, 'WRONGTYPE', 1, true) then return found end
    elseif found == version then
      redis.call('SET', key, ARGV[at - 1], 'PX', ARGV[at])
      reply = 'applied'
    elseif string.find(found, '^%d%d%d%d%d%d%d%d%d%d$') then
      reply = redis.call('GET', key)
    end
  end
  replies[i + 1] = reply
end
return replies
`

/** KEYS: record. ARGV: deadline, version, ttl, the first 14 characters of the text. */
export const touchScript = `${fence}
local found = redis.pcall('GETRANGE', KEYS[1], 0, 9)
if type(found) == 'table' and not string.find(found.err, 'WRONGTYPE', 1, true) then return found end
if found ~= ARGV[2] then return {now, 'missing'} end
-- A full Redis allows this one, so it comes first: only the first write of a script can be refused.
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SETRANGE', KEYS[1], 10, ARGV[4])
return {now, 'applied'}
`

/** KEYS: record. ARGV: deadline. Answers what was there. What is not a string makes GETDEL fail, and is not deleted. */
export const destroyScript = `${fence}
return {now, redis.call('GETDEL', KEYS[1])}
`

/** KEYS: a user's index. ARGV: deadline, ttl, member. The index expires with its last member. */
export const indexScript = `${fence}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
return {now, 'applied'}
`
