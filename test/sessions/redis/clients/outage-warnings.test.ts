import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { warnOfTrouble } from '../../../../src/sessions/redis/clients/outage-warnings.js'
import type { RedisClient } from '../../../../src/sessions/redis/index.js'
import { settled } from '../../../di/deferred.js'

/** A client that never connects, and what is told of it. */
function watched(info: Redis['info'] = async () => '') {
  const heard: unknown[] = []
  const client = Object.assign(new Redis({ host: 'redis.shop.test', lazyConnect: true }), {
    info,
    disconnect: (isAgain: boolean) => heard.push(['disconnect', isAgain]),
  })
  warnOfTrouble(
    client as RedisClient,
    (...outage) => heard.push(outage),
    (message) => heard.push(message),
  )
  return { client, heard }
}

test.each([
  ['neither', 'used_memory:1\r\n'],
  ['no policy', 'maxmemory:100\r\n'],
  ['no limit', 'maxmemory_policy:allkeys-lru\r\n'],
  ['a policy that keeps', 'maxmemory:100\r\nmaxmemory_policy:noeviction\r\n'],
  ['no limit, by 0', 'maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n'],
])('a server whose INFO says %s is not taken for one that evicts sessions', async (_, info) => {
  const { client, heard } = watched(async () => info)
  client.emit('ready')
  await settled()
  expect(heard).toEqual([])
})

test('a server that does not answer INFO is no trouble, and is asked once', async () => {
  let asked = 0
  const { client, heard } = watched(async () => {
    asked += 1
    throw new Error('NOPERM')
  })
  client.emit('ready')
  client.emit('ready')
  await settled()
  expect([asked, heard]).toEqual([1, []])
})

test('a third attempt without any error is an outage, told once until the server is back', () => {
  const { client, heard } = watched()
  const outage = ['unavailable', 'redis.shop.test:6379']
  client.emit('reconnecting')
  client.emit('reconnecting')
  expect(heard).toEqual([])
  client.emit('reconnecting')
  client.emit('reconnecting')
  client.emit('error', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))
  expect(heard).toEqual([outage])
  client.emit('ready')
  client.emit('reconnecting')
  client.emit('reconnecting')
  expect(heard).toEqual([outage])
  client.emit('reconnecting')
  expect(heard).toEqual([outage, outage])
})

test('a refused database ends the connection, and no other refused command does', () => {
  const { client, heard } = watched()
  const refused = (name: string) =>
    Object.assign(new Error('ERR no'), { name: 'ReplyError', command: { name } })
  client.emit('error', refused('get'))
  expect(heard).toEqual([['ERR', 'redis.shop.test:6379']])
  client.emit('error', refused('select'))
  expect(heard.slice(1)).toEqual([['disconnect', true]])
})
