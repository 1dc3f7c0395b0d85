import { describeGiven, type OptionRule } from '../../di/index.js'
import { SessionOptionError } from './errors.js'

/** Which whole numbers an option takes. */
export interface NumberRange {
  /** Default: 1. */
  readonly from?: number
  /** Default: as large as a whole number can be. */
  readonly to?: number
  /** What is counted, in the plural: `seconds`, `bytes`. */
  readonly unit?: string
  /** What the upper bound is, in words, where the number alone says little: `400 days`. */
  readonly toInWords?: string
}

/** What an option takes that is a whole number within a range: every option that is a number is one. */
export function aNumber(range: NumberRange = {}): OptionRule {
  const { from = 1, to = Number.MAX_SAFE_INTEGER, unit, toInWords } = range
  const kind = unit === undefined ? 'a whole number' : `a whole number of ${unit}`
  const bounds = range.to === undefined ? `from ${from}` : `from ${from} to ${to}`
  const words = toInWords === undefined ? '' : ` (${toInWords})`
  const isFine = (given: unknown) =>
    Number.isSafeInteger(given) && Number(given) >= from && Number(given) <= to
  return { isFine, rule: `${kind} ${bounds}${words}` }
}

/**
 * A number that is not checked together with other options.
 *
 * @throws SessionOptionError when it is not a whole number within the range.
 */
export function checkNumber(option: string, given: unknown, range?: NumberRange): number {
  const number = aNumber(range)
  if (number.isFine(given)) return given as number
  throw new SessionOptionError(option, `must be ${number.rule}, not ${describeGiven(given)}.`)
}

/**
 * Options without what they inherit: a polluted `Object.prototype` must not switch `secure` off or hand in
 * a secret.
 */
export function ownOptions<Options extends object>(options: Options): Options {
  return Object.assign(Object.create(null) as Options, options)
}
