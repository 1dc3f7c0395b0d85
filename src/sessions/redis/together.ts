import type { Cluster, Redis } from 'ioredis'

/**
 * Lets the commands of one turn of the event loop leave with one write to the socket: requests that arrive
 * together cost one system call and not one each. Each command stays one command, with an answer of its
 * own. A cluster has a socket for each node, and is left as it is.
 *
 * Not by `enableAutoPipelining` of ioredis: a pipeline that was cut off holds up all that follow it.
 */
export function sendTogether(client: Redis | Cluster): void {
  const { stream } = client as Redis
  if (!stream?.writable || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}
