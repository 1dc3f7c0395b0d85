import type { RedisClient } from '../redis-connection.js'
import { clientSettings, DISCONNECT_TIMEOUT } from './settings.js'

/** Waits until the first attempt to connect has succeeded or failed, so that the first request finds Redis. */
export async function afterFirstAttempt<Client extends RedisClient>(
  client: Client,
): Promise<Client> {
  if (client.status === 'wait') return client
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      client.off('ready', done).off('error', done)
      resolve()
    }
    const timer = setTimeout(done, clientSettings.connectTimeout)
    client.on('ready', done).on('error', done)
  })
  return client
}

/** Ends a client within a fraction of a second, even when Redis does not answer. */
export async function disconnectRedis(client: RedisClient): Promise<void> {
  if (client.status === 'end') return
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  const quitTimer = setTimeout(() => client.disconnect(), DISCONNECT_TIMEOUT)
  // QUIT lets replies that are under way arrive first.
  if (client.status === 'ready') client.quit().catch(() => client.disconnect())
  else client.disconnect()
  // ioredis emits no `end` when it is disconnected between two attempts to connect.
  let endTimer: NodeJS.Timeout | undefined
  const timedOut = new Promise<void>((resolve) => {
    endTimer = setTimeout(resolve, 2 * DISCONNECT_TIMEOUT)
  })
  await Promise.race([ended, timedOut])
  clearTimeout(quitTimer)
  clearTimeout(endTimer)
}
