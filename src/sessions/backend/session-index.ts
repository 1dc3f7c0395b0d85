/**
 * Finds the records of a user, for a backend that can. Each step touches one key of its own, so a user
 * and the user's sessions may live on different nodes of a cluster.
 */
export interface SessionIndex {
  /** Notes a record of a user for `ttl` milliseconds. What the index keeps for a user ends with the last. */
  add(user: string, key: string, ttl: number): Promise<void>

  /** Removes one. No error when it is not there. */
  remove(user: string, key: string): Promise<void>

  /** Gives the keys whose time has not ended: at most `limit` of them, after the first `offset`. */
  list(user: string, offset: number, limit: number): Promise<string[]>
}
