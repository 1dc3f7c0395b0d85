import { contendedWrites } from './contention.js'
import { bytesPerLiveRequest } from './live-requests.js'
import { startUpTime } from './start-up.js'
import { bytesPerStoredSession } from './stored-sessions.js'
import { systems } from './systems.js'

/** What is measured once in each of several fresh processes. */
export interface Sampling {
  readonly title: string
  readonly unit: 'ms' | 'bytes'
  readonly systems: readonly string[]
  readonly sample: (system: string) => Promise<number>
  /** What the issue asks of Ingot: at most so much, or at most this share of another system's figure. */
  readonly targets: readonly { readonly of?: string; readonly atMost: number }[]
}

export type SamplingName = 'startUp' | 'liveRequests' | 'storedSessions' | 'contendedWrites'

export const samplings: Readonly<Record<SamplingName, Sampling>> = {
  startUp: {
    title: 'Start-up with 1,000 routes',
    unit: 'ms',
    systems: ['ingot', 'fastify', 'hono', 'nest', 'express'],
    sample: startUpTime,
    targets: [{ atMost: 150 }],
  },
  liveRequests: {
    title: 'Memory of a request that waits',
    unit: 'bytes',
    systems: namesOf('waiting'),
    sample: bytesPerLiveRequest,
    targets: [{ of: 'fastify', atMost: 1 }],
  },
  storedSessions: {
    title: 'Memory of a session, of 10,000 in the process',
    unit: 'bytes',
    systems: namesOf('memory'),
    sample: bytesPerStoredSession,
    targets: [],
  },
  contendedWrites: {
    title: '4 processes, each with 50 parallel writes to one session in Redis, none lost',
    unit: 'ms',
    systems: ['ingot'],
    sample: contendedWrites,
    targets: [],
  },
}

function namesOf(kind: 'waiting' | 'memory'): string[] {
  return systems.filter(({ kinds }) => kinds.includes(kind)).map(({ name }) => name)
}

/** A figure for each round, by name of the system. */
export type Samples = Readonly<Record<string, readonly number[]>>

/** Systems take turns, as in a race. */
export async function samplesOf(
  { title, systems, sample }: Sampling,
  rounds: number,
  only: readonly string[],
): Promise<Samples> {
  const taking = systems.filter((name) => only.length === 0 || only.includes(name))
  const samples: Record<string, number[]> = {}
  for (let number = 0; number < rounds; number++) {
    for (const name of taking) (samples[name] ??= []).push(await sample(name))
    process.stderr.write(`\r${title}: round ${number + 1} of ${rounds} `)
  }
  process.stderr.write('\n')
  return samples
}
