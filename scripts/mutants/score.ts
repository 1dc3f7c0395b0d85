/** What became of the mutants of a file or of all. */
export interface Score {
  readonly killed: number
  readonly all: number
}

export function scoreOf(results: ReadonlyArray<{ isKilled: boolean }>): Score {
  return { killed: results.filter(({ isKilled }) => isKilled).length, all: results.length }
}

/** Whole per cent, rounded down: 100 means that none was left. Nothing to kill is 100. */
export function percent({ killed, all }: Score): number {
  return all === 0 ? 100 : Math.floor((killed * 100) / all)
}
