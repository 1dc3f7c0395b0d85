import type { DurableRedis } from './durable-redis.js'
import type { Proxy } from './proxy.js'
import type { Random } from './random.js'

/** What the faults break. */
export interface Victims {
  readonly redis: DurableRedis
  readonly proxy: Proxy
}

/** Something that is broken for a while. */
export interface Fault {
  readonly name: string
  /** How long it lasts, in milliseconds: from, to. */
  readonly lasts: readonly [number, number]
  begin(victims: Victims, random: Random): Promise<void> | void
  end(victims: Victims): Promise<void> | void
}

const nothing = (): void => {}

export const faults: readonly Fault[] = [
  {
    name: 'kill -9 of Redis',
    lasts: [50, 3000],
    begin: ({ redis }) => redis.kill(),
    end: ({ redis }) => redis.restart(),
  },
  {
    name: 'SIGSTOP of Redis',
    lasts: [100, 4000],
    begin: ({ redis }) => redis.freeze(),
    end: ({ redis }) => redis.resume(),
  },
  {
    name: 'CLIENT KILL',
    lasts: [0, 0],
    begin: ({ redis }) => redis.command('CLIENT KILL TYPE normal SKIPME yes'),
    end: nothing,
  },
  {
    name: 'SCRIPT FLUSH',
    lasts: [0, 0],
    begin: ({ redis }) => redis.command('SCRIPT FLUSH'),
    end: nothing,
  },
  {
    name: 'slow network',
    lasts: [500, 4000],
    begin: ({ proxy }, random) => {
      proxy.delay = random.pick([20, 100, 300, 600, 1200])
    },
    end: ({ proxy }) => {
      proxy.delay = 0
    },
  },
  {
    name: 'black hole',
    lasts: [200, 5000],
    begin: ({ proxy }) => proxy.hold(),
    end: ({ proxy }) => proxy.resume(),
  },
  {
    name: 'cut connections',
    lasts: [0, 3000],
    begin: ({ proxy }) => proxy.cut(),
    end: ({ proxy }) => proxy.mend(),
  },
]
