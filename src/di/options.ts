import { didYouMean } from './graph/did-you-mean.js'
import { describeGiven } from './tokens/token.js'

/** What one option takes. `undefined` is never asked about: it means that the option is not there. */
export interface OptionRule {
  isFine(value: unknown): boolean
  /** In words, after "must be". */
  readonly rule: string
}

/** A rule for each option, so that the compiler misses none. */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: OptionRule }

/** What is wrong with some options: which one, and why. */
export interface OptionMistake {
  readonly option: string
  readonly reason: string
}

/**
 * Checks options as they were given.
 *
 * @param owner what takes them, for the message: `App`.
 * @throws TypeError naming the option, what it takes and what it was.
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  if (!isOptions(options)) throw new TypeError(`${owner}: ${noOptions(options)}`)
  const mistake = unknownOption(options, rules) ?? wrongOption(options, rules)
  if (mistake) throw new TypeError(`${owner}: ${mistake.option} ${mistake.reason}`)
}

/** A list has names, too: its indexes. */
export function isOptions(given: unknown): given is object {
  return isObject(given) && !Array.isArray(given)
}

/** In the place of options stands something else. */
export function noOptions(given: unknown): string {
  return `options must be an object, not ${describeGiven(given)}.`
}

/** The first name that is no option: a misspelt option would be ignored without a word. */
export function unknownOption(options: object, rules: object): OptionMistake | undefined {
  const names = Object.keys(rules)
  const option = Object.keys(options).find((name) => !Object.hasOwn(rules, name))
  if (option === undefined) return undefined
  const known = `The options are: ${names.join(', ')}.`
  return { option, reason: `is not an option.${didYouMean(option, names) || ` ${known}`}` }
}

/** The first option that cannot work. Own properties only: what is inherited is no option. */
export function wrongOption(
  options: object,
  rules: Readonly<Record<string, OptionRule>>,
): OptionMistake | undefined {
  for (const [option, value] of Object.entries(options)) {
    const rule = value !== undefined && Object.hasOwn(rules, option) ? rules[option] : undefined
    if (!rule || rule.isFine(value)) continue
    return { option, reason: `must be ${rule.rule}, not ${describeGiven(value)}.` }
  }
  return undefined
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null

/** What takes whatever is given, because its own code checks it. */
export const checkedElsewhere: OptionRule = { isFine: () => true, rule: '' }
export const aFunction: OptionRule = {
  isFine: (value) => typeof value === 'function',
  rule: 'a function',
}
export const aBoolean: OptionRule = {
  isFine: (value) => typeof value === 'boolean',
  rule: 'true or false',
}
export const aList: OptionRule = { isFine: Array.isArray, rule: 'a list' }
export const aText: OptionRule = { isFine: (value) => typeof value === 'string', rule: 'a text' }

/** One of some words. */
export function oneOf(...words: readonly string[]): OptionRule {
  const quoted = words.map((word) => `'${word}'`)
  const rule = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
  return { isFine: (value) => words.includes(value as string), rule }
}

/** An object with some methods. */
export function anObjectWith(what: string, ...methods: readonly string[]): OptionRule {
  return {
    isFine: (value) =>
      isObject(value) &&
      methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
    rule: `${what} with ${methods.join(', ')}`,
  }
}
