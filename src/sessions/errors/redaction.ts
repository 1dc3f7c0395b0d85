/** Says what kind of error it was, and no word of its text: libraries and serializers quote keys, passwords and data. */
export function kindOfError(error: unknown): string {
  const { name, code } = partsOf(error)
  const words = [name, code].filter((part) => typeof part === 'string' && /^\w{1,40}$/.test(part))
  return `${words.join(' ') || 'no error object'} (its message is not shown)`
}

/** Gives an error of ours the frames of the one that it stands for. */
export function thrownWhere<Made extends Error>(made: Made, error: unknown): Made {
  const { message, stack } = partsOf(error)
  const frames = typeof stack === 'string' ? framesOf(stack, message) : []
  if (frames.length > 0) made.stack = [String(made), ...frames].join('\n')
  return made
}

type Parts = { readonly [Name in 'name' | 'code' | 'message' | 'stack']?: unknown }

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
