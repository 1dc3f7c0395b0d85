/** A contender: its module in `contenders/`, which says how it is used, and its row. */
export interface Entry {
  readonly name: string
  readonly title: string
  /** Whether it can wait for a value. */
  readonly isAsync: boolean
}

export const contenders: readonly Entry[] = [
  {
    name: 'hand-written',
    title: 'by hand',
    isAsync: true,
  },
  {
    name: 'hand-written-map',
    title: 'by hand, a `Map` per request',
    isAsync: true,
  },
  {
    name: 'hand-written-memo',
    title: 'by hand, memoised in a `Map`',
    isAsync: true,
  },
  {
    name: 'ingot',
    title: '**Ingot**',
    isAsync: true,
  },
  {
    name: 'inversify-request',
    title: 'inversify, request scope',
    isAsync: true,
  },
  {
    name: 'inversify-request-jit',
    title: 'inversify, request scope, `jitless: false`',
    isAsync: true,
  },
  {
    name: 'inversify-child',
    title: 'inversify, child container',
    isAsync: true,
  },
  {
    name: 'typed-inject',
    title: 'typed-inject',
    isAsync: false,
  },
  {
    name: 'tsyringe',
    title: 'tsyringe',
    isAsync: false,
  },
  {
    name: 'needle-di',
    title: 'needle-di',
    isAsync: true,
  },
  {
    name: 'awilix',
    title: 'awilix',
    isAsync: false,
  },
  {
    name: 'nest',
    title: 'Nest',
    isAsync: true,
  },
]
