import {
  isObject,
  noOptions,
  unknownOption,
  wrongOption,
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

/** The same for a base class: a subclass may have options of its own. */
export function checkKnownOptions<Options extends object>(
  options: Options,
  rules: OptionRules<Options>,
): void {
  if (!isObject(options)) throw new SessionOptionError('options', noOptions(options).slice(8))
  const wrong = wrongOption(options, rules)
  if (wrong) throw new SessionOptionError(wrong.option, wrong.reason)
}
