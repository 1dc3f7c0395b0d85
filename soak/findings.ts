/** What must not happen: any of these fails the run. */
export type Problem =
  | 'lost acknowledged writes'
  | 'lost writes that were acknowledged'
  | 'cookies of one kind that opened another'
  | 'writes applied too often'
  | 'lost sessions'
  | 'revived sessions'
  | 'cross-talk'
  | 'damaged cookies that opened a session'
  | 'cookies set by a failure'
  | 'unexpected responses'
  | 'requests without a response'
  | 'unhandled rejections and uncaught exceptions'
  | 'warnings of Node'
  | 'secrets in the output of the shop'
  | 'unexpected ends of the shop'
  | 'failed shutdowns of the shop'
  | 'faults without recovery'
  | 'memory that grows'
  | 'slow responses'

/** Counts what happened, and keeps a few examples of each problem. */
export class Findings {
  readonly #counts = new Map<string, number>()
  readonly #problems = new Map<Problem, { count: number; examples: string[] }>()

  count(what: string, by = 1): void {
    this.#counts.set(what, this.counted(what) + by)
  }

  counted(what: string): number {
    return this.#counts.get(what) ?? 0
  }

  /** The counts whose names begin with a prefix, the largest first, with the prefix removed. */
  countsWithPrefix(prefix: string): [name: string, count: number][] {
    return [...this.#counts]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, count]): [string, number] => [name.slice(prefix.length), count])
      .sort(([, one], [, other]) => other - one)
  }

  /** @param example says where. It never holds a cookie or what a visitor wrote. */
  report(problem: Problem, example: string, count = 1): void {
    const found = this.#problems.get(problem) ?? { count: 0, examples: [] }
    found.count += count
    if (found.examples.length < 3) found.examples.push(example)
    this.#problems.set(problem, found)
  }

  reported(problem: Problem): number {
    return this.#problems.get(problem)?.count ?? 0
  }

  /** One line for each kind of problem. */
  get problems(): string[] {
    return [...this.#problems].map(([problem, { count, examples }]) => {
      return `${problem}: ${count} (${examples.join('; ')})`
    })
  }
}
