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
 * Checks the object that stands before the options, such as a store or a backend.
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
