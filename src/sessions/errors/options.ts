import {
  describeGiven,
  isOptions,
  noOptions,
  unknownOption,
  wrongOption,
  type OptionRule,
  type OptionRules,
} from '../../di/index.js'
import { SessionOptionError } from './errors.js'

/**
 * Checks options as they were given, unknown ones too.
 *
 * @throws SessionOptionError naming the option, what it takes and what it was.
 */
export function checkSessionOptions<Options extends object>(
  options: Options,
  rules: OptionRules<Options>,
): void {
  checkKnownOptions(options, rules)
  const unknown = unknownOption(options, rules)
  if (unknown) throw new SessionOptionError(unknown.option, unknown.reason)
}

/**
 * Checks one thing, such as the backend that stands before the options.
 *
 * @throws SessionOptionError saying what it has to be and what it was, and how to make one of a class.
 */
export function checkGiven(name: string, given: unknown, rule: OptionRule): void {
  if (rule.isFine(given)) return
  const isClass = typeof given === 'function' && rule.isFine(given.prototype)
  const remedy = isClass ? ` Make one of it: new ${given.name}(…).` : ''
  throw new SessionOptionError(name, `must be ${rule.rule}, not ${describeGiven(given)}.${remedy}`)
}

/** The same for a base class: a subclass may have options of its own. */
export function checkKnownOptions<Options extends object>(
  options: Options,
  rules: OptionRules<Options>,
): void {
  if (!isOptions(options)) throw new SessionOptionError('options', noOptions(options).slice(8))
  const wrong = wrongOption(options, rules)
  if (wrong) throw new SessionOptionError(wrong.option, wrong.reason)
}

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
  checkGiven(option, given, aNumber(range))
  return given as number
}

/**
 * Options without what they inherit: a polluted `Object.prototype` must not switch `secure` off or hand in
 * a secret.
 */
export function ownOptions<Options extends object>(options: Options): Options {
  return Object.assign(Object.create(null) as Options, options)
}
