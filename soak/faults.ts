import type { Proxy } from './proxy.js'
import type { Random } from './random.js'
import type { SoakedStore } from './soaked-store.js'

/** What the faults break. */
export interface Victims {
  readonly store: SoakedStore
  readonly proxy: Proxy
}

/** Something that is broken for a while. */
export interface Fault {
  readonly name: string
  /** Whether only Redis has it. */
  readonly isOfRedis?: boolean
  /** How long it lasts, in milliseconds: from, to. */
  readonly lasts: readonly [number, number]
  begin(victims: Victims, random: Random): Promise<void> | void
  end(victims: Victims): Promise<void> | void
}

const nothing = (): void => {}

export const faults: readonly Fault[] = [
  {
    name: 'kill -9 of the store',
    lasts: [50, 3000],
    begin: ({ store }) => store.kill(),
    end: ({ store }) => store.restart(),
  },
  {
    name: 'SIGSTOP of the store',
    lasts: [100, 4000],
    begin: ({ store }) => store.freeze(),
    end: ({ store }) => store.resume(),
  },
  {
    name: 'CLIENT KILL',
    isOfRedis: true,
    lasts: [0, 0],
    begin: ({ store }) => store.command?.('CLIENT KILL TYPE normal SKIPME yes'),
    end: nothing,
  },
  {
    name: 'SCRIPT FLUSH',
    isOfRedis: true,
    lasts: [0, 0],
    begin: ({ store }) => store.command?.('SCRIPT FLUSH'),
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
