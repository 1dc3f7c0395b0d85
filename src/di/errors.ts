/** The kinds of wiring mistakes; stable across versions. */
export type DICode =
  | 'DI_MISSING'
  | 'DI_ERASED'
  | 'DI_NO_METADATA'
  | 'DI_SAME_CLASS'
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
  /** What the mistake is about, such as a token that nothing provides: it is told once, however often it is met. */
  readonly about?: unknown
  /** The token that two components provide, if that is the mistake: no note says it again. */
  readonly providedTwice?: unknown
  /** Where the mistake was met, the first place first: routes, with their lines where they are known. */
  readonly places?: readonly string[]
}

/** One wiring mistake, with its path through the graph and its remedy. */
export class DIProblem extends Error {
  readonly code: DIProblemCode
  readonly problem: string
  readonly path: readonly string[]
  readonly remedy: string
  readonly route: string | undefined
  /** Where the mistake was met, the first place first: `GET /cart (src/app.ts:12)`. */
  readonly places: readonly string[]
  readonly #facts: DIProblemFacts

  constructor(facts: DIProblemFacts) {
    const { code, problem, path, remedy, route, places = route ? [route] : [] } = facts
    const place = places.length === 0 ? '' : ` (${places[0]!})`
    super(
      [
        `${code}${place}: ${problem}`,
        ...drawPath(path),
        remedy,
        ...(places.length > 1 ? [`The same at ${listOf(places.slice(1))}.`] : []),
      ].join('\n'),
      'cause' in facts ? { cause: facts.cause } : undefined,
    )
    this.name = 'DIProblem'
    this.code = code
    this.problem = problem
    this.path = path
    this.remedy = remedy
    this.route = route
    this.places = places
    this.#facts = facts
  }

  /** One mistake out of those that are the same, with all their places. */
  static merge(same: readonly DIProblem[], siteOf: SiteOf): DIProblem {
    const routes = [...new Set(same.flatMap(({ route }) => route ?? []))]
    const places = routes.map((route) => [route, siteOf(route)].filter(Boolean).join(', '))
    return new DIProblem({ ...same[0]!.#facts, places })
  }

  /** What it is about: a token, or a text that is the same for the same mistake. */
  get about(): unknown {
    const { about = [this.problem, ...this.path].join('\n') } = this.#facts
    return typeof about === 'string' ? `${this.code}\n${about}` : about
  }

  /** Whether it says what a warning says, too. */
  tells({ about }: DIWarning): boolean {
    return about !== undefined && this.#facts.providedTwice === about
  }
}

/** Where a route is written: `src/app.ts:12`, or nothing. */
export type SiteOf = (route: string) => string

/** Wiring that works, but is probably a mistake. */
export interface DIWarning {
  readonly code: 'DI_AMBIGUOUS' | 'DI_UNREACHED'
  readonly message: string
  /** The token that it is about. */
  readonly about?: unknown
}

/**
 * Every wiring mistake of an application, in one error. When nobody catches it, it is printed once: its message lists
 * the mistakes, so they are not shown again below it, and its stack has the caller's lines only.
 */
export class DIError extends AggregateError {
  declare readonly code: 'DI_ERROR'
  declare errors: DIProblem[]
  /** Hints beside the mistakes: two providers of one token, components that nothing reaches. */
  declare readonly warnings: readonly DIWarning[]

  /** @param caller the function of ours that its caller called. */
  constructor(
    problems: readonly DIProblem[],
    warnings: readonly DIWarning[] = [],
    caller?: Function,
  ) {
    const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    const listed = problems.map(
      (problem, index) => `\n${index + 1}. ${problem.message.replaceAll('\n', '\n   ')}`,
    )
    const untold = warnings.filter((warning) => !problems.some((one) => one.tells(warning)))
    const hints = untold.map(({ message }) => `- ${message}`).join('\n')
    const noted = hints === '' ? '' : `\n\nNotes:\n${hints}`
    const failed = problems.find((problem) => 'cause' in problem)
    super(
      [],
      `The application cannot be wired: ${many}.\n${listed.join('\n')}${noted}`,
      failed && { cause: failed.cause },
    )
    Object.defineProperties(this, {
      name: { value: 'DIError', configurable: true },
      code: { value: 'DI_ERROR' },
      // Node prints the members of a list, each with its stack, but not what a getter would give.
      errors: { get: () => problems, configurable: true },
      warnings: { value: warnings },
    })
    // Node shows the line of the first frame above the message.
    if (caller) Error.captureStackTrace(this, caller)
  }

  /**
   * Leaves our frames out of the stack of an error that comes after something was awaited.
   *
   * @param caller the function of ours that its caller called; on the stack only where it is asynchronous.
   * @param inner the function of ours that runs, and that the caller awaits.
   */
  leaveOut(caller: Function | undefined, inner: Function): void {
    if (caller) Error.captureStackTrace(this, caller)
    if (!caller || !/\n +at /.test(this.stack ?? '')) Error.captureStackTrace(this, inner)
  }
}

const LONGEST_PATH = 12
const MOST_PLACES = 4

function listOf(places: readonly string[]): string {
  const more = places.length - MOST_PLACES
  const listed = places.slice(0, MOST_PLACES).join('; ')
  return more > 0 ? `${listed}; and ${more} more` : listed
}

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

/** One problem for each mistake, with all its places: one in a shared middleware is not repeated for every route. */
export function withoutRepeats(problems: readonly DIProblem[], siteOf: SiteOf): DIProblem[] {
  const mistakes = new Map<unknown, DIProblem[]>()
  for (const problem of problems) {
    const same = mistakes.get(problem.about)
    if (same) same.push(problem)
    else mistakes.set(problem.about, [problem])
  }
  return [...mistakes.values()].map((same) => DIProblem.merge(same, siteOf))
}

/** @throws DIError when there are any problems. */
export function throwIfAny(problems: readonly DIProblem[], caller?: Function): void {
  if (problems.length > 0)
    throw new DIError(
      withoutRepeats(problems, () => ''),
      [],
      caller,
    )
}
