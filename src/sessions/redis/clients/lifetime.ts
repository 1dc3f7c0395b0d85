import { once } from 'node:events'
import { Redis } from 'ioredis'
import { singleton, type ClassToken, type Component } from '../../../di/index.js'
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
  const signal = AbortSignal.timeout(clientSettings.connectTimeout)
  // It rejects at an `error` as well.
  await once(client, 'ready', { signal }).catch(() => {})
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
  const signal = AbortSignal.timeout(DISCONNECT_TIMEOUT)
  const ended = once(client, 'end', { signal }).catch(() => cut(client))
  // QUIT lets replies that are under way arrive first.
  client.quit().catch(() => cut(client))
  await ended
}

/** Without waiting for the server to close its side: ioredis does that for `disconnectTimeout`. */
function cut(client: RedisClient): void {
  client.disconnect()
  if (client instanceof Redis) client.stream?.destroy()
}

/** Milliseconds: as long as the longest request under way may have waited. */
const RECENT = 2000
