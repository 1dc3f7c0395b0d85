import { Redis } from 'ioredis'
import { singleton, type ClassToken, type Component } from '../../../di/index.js'
import { systemTimer, within } from '../../calls/deadline.js'
import { lastSilence, type RedisClient } from '../redis-connection.js'
import { clientSettings, DISCONNECT_TIMEOUT } from './settings.js'

/** Provides a client by its class; it ends with the application. */
export function provideClient<Client extends RedisClient>(
  token: ClassToken<Client>,
  connect: () => Client,
): Component<Client> {
  return singleton(token, [], () => afterFirstAttempt(connect()), { dispose: disconnectRedis })
}

/** Waits until the first attempt to connect has succeeded or failed, so that the first request finds Redis. */
async function afterFirstAttempt<Client extends RedisClient>(client: Client): Promise<Client> {
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

/**
 * Ends a client within a fraction of a second, even when Redis does not answer. The requests that used it have
 * ended by then, and may have waited for it as long as they could, so it is not waited for once more.
 */
export async function disconnectRedis(client: RedisClient): Promise<void> {
  if (client.status === 'end') return
  const isSilent = performance.now() - lastSilence(client) < RECENT
  if (client.status !== 'ready' || isSilent) return cut(client)
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  // QUIT lets replies that are under way arrive first.
  client.quit().catch(() => cut(client))
  const late = () => new Error('Redis did not answer QUIT')
  await within(ended, DISCONNECT_TIMEOUT, systemTimer(), late).catch(() => cut(client))
}

/** Without waiting for the server to close its side: ioredis does that for `disconnectTimeout`. */
function cut(client: RedisClient): void {
  client.disconnect()
  if (client instanceof Redis) client.stream?.destroy()
}

/** Milliseconds: as long as the longest request under way may have waited. */
const RECENT = 2000
