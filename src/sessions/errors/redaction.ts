/** What may be kept of an error that is not ours: texts of libraries and serializers quote keys, passwords and data. */
export interface Redaction {
  /** Its name and its code, for example `TypeError` or `Error ECONNRESET`. */
  readonly kind: string
  readonly code: string | undefined
  /** Where it was thrown: the lines of its stack, without its text. */
  readonly frames: readonly string[]
}

/** Says what kind of error it was and where, and no word of its text. */
export function redact(error: unknown): Redaction {
  const { name, code, message, stack } = partsOf(error)
  const words = [name, code].filter((part) => typeof part === 'string' && /^\w{1,40}$/.test(part))
  return {
    kind: `${words.join(' ') || 'no error object'} (its message is not shown)`,
    code: typeof code === 'string' ? code : undefined,
    frames: typeof stack === 'string' ? framesOf(stack, message) : [],
  }
}

/** Gives an error of ours the frames of the one that it stands for. */
export function thrownWhere<Made extends Error>(made: Made, { frames }: Redaction): Made {
  if (frames.length > 0) made.stack = [String(made), ...frames].join('\n')
  return made
}

interface Parts {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly stack?: unknown
}

/** A thrown proxy, or one whose getters throw, is no error object. */
function partsOf(error: unknown): Parts {
  try {
    const { name, code, message, stack, constructor } = Object(error) as Parts & object
    // Many classes of errors leave `name` as it is, and say what they are by their own.
    return { name: name === 'Error' ? constructor.name : name, code, message, stack }
  } catch {
    return {}
  }
}

/** A stack begins with the text, which may have lines that look like frames. */
function framesOf(stack: string, message: unknown): string[] {
  const at = typeof message === 'string' ? stack.indexOf(message) : -1
  const below = at < 0 ? stack : stack.slice(at + (message as string).length)
  return below.split('\n').filter((line) => FRAME.test(line))
}

const FRAME = /^ {4}at [^\n]{1,300}$/
