import { kept, keptIn } from '../kept.js'
import { LIFE } from '../system.js'

/** What the hand-written limits keep: the data, and the times that their two limits need. */
export interface Stored {
  readonly data: { count: number; readonly [key: string]: unknown }
  /** Milliseconds since 1970, as `seenAt`. */
  readonly createdAt: number
  seenAt: number
}

/** Ingot's lifetimes: an idle timeout, an absolute one, and a tenth of idle between two notes of activity. */
const IDLE = LIFE * 1000
const ABSOLUTE = 10 * IDLE
const RENEW_EVERY = IDLE / 10

export function begun(now: number): Stored {
  return { data: { ...kept, count: 0 }, createdAt: now, seenAt: now }
}

/** What an address answers of a session: its count, or how much of what is kept is there. */
export function textOf(url: string | undefined, { data }: Stored): string {
  return url === '/kept' ? `${keptIn((key) => data[key])}` : `${data.count}`
}

/** What a text says, unless the session is over. */
export function parsed(text: string, now: number): Stored | undefined {
  const stored = JSON.parse(text) as Stored
  return now < stored.seenAt + IDLE && now < stored.createdAt + ABSOLUTE ? stored : undefined
}

/** Whether a visit that changes nothing has to be noted all the same. */
export function isRenewalDue({ seenAt }: Stored, now: number): boolean {
  return now >= seenAt + RENEW_EVERY
}

/** Seconds until the session is over. */
export function secondsLeft({ createdAt }: Stored, now: number): number {
  return Math.ceil(Math.min(IDLE, createdAt + ABSOLUTE - now) / 1000)
}
