/** Says, when a message needs it, where something is written. */
export interface Site {
  toString(): string
}

/**
 * Where a function of ours was called: the user's line, for messages. Remembering it costs about a microsecond;
 * the text is made only when a message needs it.
 */
export class CallSite implements Site {
  readonly #trace: { readonly stack?: string } = {}

  /** @param callee the function whose caller is meant. */
  constructor(callee: Function) {
    const { stackTraceLimit } = Error
    // Not assigned: under frozen intrinsics that throws.
    Reflect.set(Error, 'stackTraceLimit', 1)
    Error.captureStackTrace(this.#trace, callee)
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }

  /** `src/app.ts:12`, from the folder of the program; empty where it is not known. */
  toString(): string {
    const [, path, line] =
      /\(?((?:\w+:)?[^\s():]+):(\d+):\d+\)?$/m.exec(this.#trace.stack ?? '') ?? []
    if (path === undefined) return ''
    const file = path.replace(/^file:\/\//, '')
    const folder = `${process.cwd()}/`
    return `${file.startsWith(folder) ? file.slice(folder.length) : file}:${line}`
  }
}

/**
 * Runs a check of what a function of ours was given. Our frames are left out of the stack of what it throws, so that its
 * first line is the application's.
 *
 * @param callee the function that the application called.
 */
export function checkedFor<Result>(callee: Function, check: () => Result): Result {
  try {
    return check()
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace(error, callee)
    throw error
  }
}
