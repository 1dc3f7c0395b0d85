import type { RedisClient } from '../redis-connection.js'

/**
 * Looks once whether a full Redis throws sessions away: with any policy but `noeviction` it ends those of
 * visitors who did nothing wrong, and nothing says so. A user who may not use INFO is not warned.
 */
export function checkEviction(client: RedisClient, warn: (message: string) => void): void {
  client.once('ready', () => {
    void client.info('memory').then(
      (info) => {
        const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction'
        const limit = /^maxmemory:(\d+)/m.exec(info)?.[1] ?? '0'
        if (policy !== 'noeviction' && limit !== '0') warn(message(policy))
      },
      () => {},
    )
  })
}

function message(policy: string): string {
  return (
    `Redis throws keys away when it is full (maxmemory-policy ${policy}), and sessions are among them: ` +
    'visitors are logged out at random. Keep sessions in a Redis with maxmemory-policy noeviction.'
  )
}
