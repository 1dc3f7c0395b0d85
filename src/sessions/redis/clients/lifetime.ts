import type { RedisClient } from '../redis-connection.js'
import { PATIENCE, steady } from './settings.js'

/** Waits until it is known whether there is a Redis, so that the first request finds it. */
export async function afterFirstNews<Client extends RedisClient>(client: Client): Promise<Client> {
  if (client.status === 'wait') return client
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(patience)
      client.off('ready', done).off('error', done)
      resolve()
    }
    const patience = setTimeout(done, steady.connectTimeout)
    client.on('ready', done).on('error', done)
  })
  return client
}

/** Ends a client within a fraction of a second, even when Redis does not answer. */
export async function disconnectRedis(client: RedisClient): Promise<void> {
  if (client.status === 'end') return
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  const patience = setTimeout(() => client.disconnect(), PATIENCE)
  // QUIT lets replies that are under way arrive first.
  if (client.status === 'ready') client.quit().catch(() => client.disconnect())
  else client.disconnect()
  // While it waits for its next attempt to connect, ioredis ends without saying so.
  let last: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    last = setTimeout(resolve, 2 * PATIENCE)
  })
  await Promise.race([ended, late])
  clearTimeout(patience)
  clearTimeout(last)
}
