/** The kinds of wiring mistakes; stable across versions. */
export type DICode =
  | 'DI_MISSING'
  | 'DI_ERASED'
  | 'DI_NO_METADATA'
  | 'DI_CYCLE'
  | 'DI_CAPTIVE'
  | 'DI_UNKNOWN_OVERRIDE'
  | 'DI_CONSTRUCTION'

/** A code of ours, or of the layer that makes plans. */
export type DIProblemCode = DICode | `DI_${string}`

/** The facts of one wiring mistake. */
export interface DIProblemFacts {
  readonly code: DIProblemCode
  /** What could not be done, and why, in one sentence. */
  readonly problem: string
  /** From the handler down to the mistake. */
  readonly path: readonly string[]
  /** What to do about it. */
  readonly remedy: string
  /** The name of the plan: its route. */
  readonly route: string | undefined
  readonly cause?: unknown
}

/** One wiring mistake, with its path through the graph and its remedy. */
export class DIProblem extends Error {
  readonly code: DIProblemCode
  readonly problem: string
  readonly path: readonly string[]
  readonly remedy: string
  readonly route: string | undefined

  constructor(facts: DIProblemFacts) {
    const place = facts.route ? ` (${facts.route})` : ''
    super(
      [`${facts.code}${place}: ${facts.problem}`, ...drawPath(facts.path), facts.remedy].join('\n'),
      'cause' in facts ? { cause: facts.cause } : undefined,
    )
    this.name = 'DIProblem'
    this.code = facts.code
    this.problem = facts.problem
    this.path = facts.path
    this.remedy = facts.remedy
    this.route = facts.route
  }
}

/** Wiring that works, but is probably a mistake. */
export interface DIWarning {
  readonly code: 'DI_AMBIGUOUS' | 'DI_UNREACHED'
  readonly message: string
}

/** Every wiring mistake of an application, in one error. */
export class DIError extends AggregateError {
  readonly code = 'DI_ERROR'
  declare errors: DIProblem[]

  /** Hints beside the mistakes: two providers of one token, components that nothing reaches. */
  readonly warnings: readonly DIWarning[]

  constructor(problems: readonly DIProblem[], warnings: readonly DIWarning[] = []) {
    const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const listed = problems.map(
      (problem, index) => `\n${index + 1}. ${problem.message.replaceAll('\n', '\n   ')}`,
    )
    const hints = warnings.map(({ message }) => `- ${message}`).join('\n')
    const noted = hints === '' ? '' : `\n\nNotes:\n${hints}`
    super([...problems], `The application cannot be wired: ${many}.\n${listed.join('\n')}${noted}`)
    this.warnings = warnings
    this.name = 'DIError'
  }
}

const LONGEST_PATH = 12

/** A path as a staircase; a long one is drawn without its middle. */
function drawPath(path: readonly string[]): string[] {
  const half = LONGEST_PATH / 2
  const short =
    path.length <= LONGEST_PATH
      ? path
      : [...path.slice(0, half), `… ${path.length - 2 * half} more …`, ...path.slice(-half)]
  return short.map((step, depth) =>
    depth === 0 ? `  ${step}` : `  ${'   '.repeat(depth - 1)}└─ ${step}`,
  )
}

/** One problem for each mistake: one in a shared middleware is not repeated for every route. */
export function withoutRepeats(problems: readonly DIProblem[]): DIProblem[] {
  const mistakes = new Map<string, DIProblem[]>()
  for (const problem of problems) {
    const key = [problem.code, problem.problem, ...problem.path].join('\n')
    mistakes.set(key, [...(mistakes.get(key) ?? []), problem])
  }
  return [...mistakes.values()].map(([first, ...others]) => {
    if (others.length === 0) return first!
    const { code, problem, path, remedy, route, cause } = first!
    const everywhere = `${route} and ${others.length} more`
    return new DIProblem({ code, problem, path, remedy, route: everywhere, cause })
  })
}

/** @throws DIError when there are any problems. */
export function throwIfAny(problems: readonly DIProblem[]): void {
  if (problems.length > 0) throw new DIError(problems)
}
