import type { Environment } from '../di/environment.js'

/** Where sessions are kept. */
export type Place = 'redis' | 'postgres' | 'mysql' | 'sqlite' | 'memory'

/** So many sessions, and the bytes of all of them. */
export interface Filling {
  readonly sessions: number
  readonly bytes: number
}

/** What sessions take in one place. */
export interface Fillings {
  /** Sessions without a user, more and more. */
  readonly growing: readonly Filling[]
  /** Each of a user of its own, whose sessions can be listed and ended. */
  readonly ofUsers: Filling
  /** The same after each was written three times more. */
  readonly written: Filling
}

/** Of one workload: a figure for each round. */
export interface Costs {
  /** Answers in a second. */
  readonly rates: readonly number[]
  /** Microseconds of processor time of the server, per answer. */
  readonly cpu: readonly number[]
  /** The same of the processes that keep the sessions; empty where the server keeps them itself. */
  readonly storageCpu: readonly number[]
  /** Commands or statements that reach the storage, per answer. */
  readonly commands?: number
}

/** What a run found, as sizing-results.json has it. */
export interface Figures extends Omit<Environment, 'versions'> {
  readonly rounds: number
  readonly fillings: Readonly<Record<Place, Fillings>>
  /** Bytes of the cookie with an encrypted session. */
  readonly cookie: number
  readonly costs: Readonly<
    Record<Place | 'sealed', { readonly read: Costs; readonly write: Costs }>
  >
}
