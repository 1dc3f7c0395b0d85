import { isThenable, type Frame } from './frame.js'
import type { Continue } from './steps.js'

/** Reads several values; a promise only when one of them is. All are waited for, the first error is kept. */
export function gather(reads: readonly Continue[]): Continue {
  return (frame) => {
    const values: unknown[] = []
    let isWaiting = false
    for (const read of reads) {
      try {
        const value = read(frame)
        isWaiting ||= isThenable(value)
        values.push(value)
      } catch (error) {
        if (!isWaiting) throw error
        // Those that run already are waited for, or their rejection would be nobody's.
        return allOf(values, { error })
      }
    }
    return isWaiting ? allOf(values) : values
  }
}

/** Reads several values one after the other; a promise only when one of them is. */
export function inTurn(reads: readonly Continue[]): Continue {
  const rest = (frame: Frame, values: readonly unknown[]): unknown => {
    const next = reads[values.length]
    if (!next) return values
    const value = next(frame)
    return isThenable(value)
      ? Promise.resolve(value).then((made) => rest(frame, [...values, made]))
      : rest(frame, [...values, value])
  }
  return (frame) => rest(frame, [])
}

interface Failure {
  readonly error: unknown
}

async function allOf(values: readonly unknown[], thrown?: Failure): Promise<unknown[]> {
  let failure = thrown
  const settled = values.map(async (value) => {
    try {
      return await value
    } catch (error) {
      failure ??= { error }
      return undefined
    }
  })
  const all = await Promise.all(settled)
  if (failure) throw failure.error
  return all
}
