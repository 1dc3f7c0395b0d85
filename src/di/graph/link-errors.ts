import 'reflect-metadata'
import type { ParameterInfo } from '../tokens/parameter-info.js'
import { isByName } from '../tokens/marker.js'
import { explainErasure, type Advice } from './erased-types.js'
import { DIProblem, type DICode, type DIProblemFacts } from '../errors.js'
import { broken, type Edge } from './node.js'
import { fromAnotherCopy } from '../copies.js'
import type { Parameter } from '../tokens/parameter.js'
import { nearest } from './did-you-mean.js'
import { remedyOf } from '../tokens/remedies.js'
import { describeToken, NamedToken, type Token } from '../tokens/token.js'
import { isDoubled, loadedFrom } from '../components/tsyringe/registry.js'
import { containerRemedy } from '../components/tsyringe/container-token.js'

/** Makes the edges for the mistakes that a linker finds, with the path to each. */
export class LinkErrors {
  /** From the function that is being linked down to the current node. */
  readonly trail: string[] = []
  /** The name of the plan that is being linked. */
  route: string | undefined
  readonly #advice: Advice

  constructor(advice: Advice) {
    this.#advice = advice
  }

  /** @param components those of the application: another copy of Ingot may have made the one that was meant. */
  missing(parameter: Parameter, known: readonly Token[], components: readonly unknown[]): Edge {
    const label = describeToken(parameter.token)
    if (isByName(parameter.token)) return this.#nothingByName(parameter, label)
    const { token } = parameter
    const meant = remedyOf(token) === undefined ? [token] : [token, ...components]
    const elsewhere = meant.map(fromAnotherCopy).find(Boolean)
    return this.#add('DI_MISSING', `nothing provides ${label}, ${position(parameter)}.`, {
      label,
      remedy:
        elsewhere ?? `${nearest(token, known, remedyOf(token))} ${remedyFor(token)}`.trimStart(),
      about: token,
    })
  }

  /** Another copy of Ingot noted the tokens of a function, or of a method's class. */
  ofAnotherCopy(owner: string, remedy: string): Edge {
    const label = '(...)'
    return this.#add('DI_NO_METADATA', `the tokens of ${owner} are not known here.`, {
      label,
      remedy,
    })
  }

  #nothingByName(parameter: Parameter, label: string): Edge {
    return this.#add(
      'DI_ERASED',
      `${position(parameter)} cannot be injected: its type does not say where the value comes from, and nothing here has values by name.`,
      { label, remedy: 'Name its token: inject([Token, …], fn), with a marker or token<…>().' },
    )
  }

  /** A function asks for `Parameter`, but fills none. */
  parameterOfNothing(place: Position): Edge {
    return this.#add(
      'DI_MISSING',
      `${position(place)} asks for Parameter, but fills no parameter itself.`,
      {
        label: 'Parameter',
        remedy: 'Only the resolve method of a component can ask for the Parameter it fills.',
      },
    )
  }

  /** Something else than a function of the plan asks for `Next`, or defers it. */
  nextElsewhere(place: Position): Edge {
    return this.#add('DI_MISSING', `${position(place)} cannot have Next.`, {
      label: 'Next',
      remedy: 'Only a middleware can ask for Next, and only as it is.',
    })
  }

  /** The last function of a plan asks for `Next`. */
  nextOfNothing(): Edge {
    return this.#add(
      'DI_MISSING',
      `${this.trail[0]} asks for Next, but it is the last function: nothing is left to run.`,
      { label: 'Next', remedy: 'Ask for Next in middleware only.' },
    )
  }

  erased(info: ParameterInfo, place: Position): Edge {
    const { code, why, remedy } = explainErasure(info, place.owner, this.#advice)
    const { failure: cause } = info
    const label = sourceOf(place)?.replaceAll('`', '') ?? `parameter ${place.index}`
    if (info.isAnything)
      return this.#add(code, `the parameters of ${place.owner} are unknown: ${why}.`, {
        label: '(...)',
        remedy,
      })
    const problem = `${position(place)} cannot be injected: ${why}.`
    const about = [label, why, remedy].join('\n')
    return this.#add(code, problem, { label, remedy, about, ...(cause !== undefined && { cause }) })
  }

  /** Two components provide one class, and parameters ask for it with type arguments that differ. */
  sameClass(
    place: Position & { readonly token: Token },
    other: Position,
    providers: readonly string[],
  ): Edge {
    const type = place.text!.replaceAll(/\s*\|\s*(?:null|undefined)/g, '')
    const [, given = 'Item'] = /(\w+)\W*>$/.exec(type) ?? []
    const plural = `${given}s`
    const constant = plural.charAt(0).toLowerCase() + plural.slice(1)
    return this.#add(
      'DI_SAME_CLASS',
      `${position(place)} gets what ${position(other)} gets: \`${place.text}\` and \`${other.text}\` are one class at run time, and ${providers.join(' and ')} both provide it.`,
      {
        label: place.text!,
        providedTwice: place.token,
        remedy: `Give each a class of its own, \`class ${plural} extends ${type} {}\`, or a token of its own, \`const ${constant} = token<${type}>('${constant}')\`.`,
      },
    )
  }

  #add(code: DICode, problem: string, { label, ...facts }: Words): Edge {
    const path = [...this.trail, label]
    return broken(label, new DIProblem({ code, problem, path, route: this.route, ...facts }))
  }
}

interface Words extends Pick<DIProblemFacts, 'remedy' | 'about' | 'cause' | 'providedTwice'> {
  readonly label: string
}

/** An override that would change nothing: no plan asks for the token. */
export function unknownOverride(token: Token, used: readonly Token[]): DIProblem {
  const name = describeToken(token)
  return new DIProblem({
    code: 'DI_UNKNOWN_OVERRIDE',
    problem: `${name} cannot be overridden: no handler asks for it, and nothing below one does.`,
    path: [`override(${name}, …)`],
    remedy:
      fromAnotherCopy(token) ??
      `${nearest(token, used)} Override a token that is in use.`.trimStart(),
    route: undefined,
  })
}

type Position = Pick<Parameter, 'owner' | 'index' | 'name' | 'text'>

/** A parameter by its source text where that is known, else by its index. */
function position(place: Position): string {
  return place.index < 0
    ? `the class of ${place.owner}`
    : `parameter ${sourceOf(place) ?? place.index} of ${place.owner}`
}

function sourceOf({ name, text }: Position): string | undefined {
  if (name === undefined) return undefined
  return text ? `\`${name}: ${text}\`` : `\`${name}\``
}

function remedyFor(token: Token): string {
  const known = remedyOf(token) ?? containerRemedy(token)
  if (known) return known
  const name = describeToken(token)
  if (token instanceof NamedToken) return ofNamedToken(name, token.description)
  const once = isClassToken(token) ? ` singletonClass(${name}),` : ''
  const register = `Register it in \`components\`: value(${name}, …),${once} singleton(${name}, …) or scoped(${name}, …)`
  if (!isClassToken(token)) return `${register}.`
  if (isDoubled)
    return `${register}. A class that tsyringe decorates is not seen here: the bundle holds tsyringe twice. Leave tsyringe out of the bundle, or have the bundler prefer \`main\` to \`module\`.`
  if (Reflect.hasOwnMetadata('design:paramtypes', token as object))
    return `${register}. ${ofUnknownDecorator()}`
  return `${register}; or decorate the class with tsyringe's @singleton() or @injectable().`
}

/** Whoever writes `token('dsn')` once more has another token. */
function ofNamedToken(name: string, description: string): string {
  const constant = /^[a-z_$][\w$]*$/i.test(description) ? description : 'it'
  return `Register it in \`components\`: value(${constant}, …), singleton(${constant}, …) or scoped(${constant}, …), where ${constant} is the constant that is asked for: each ${name} is another.`
}

function ofUnknownDecorator(): string {
  const folders = loadedFrom()
  if (folders.length > 1)
    return `A decorator of the class is not known here; tsyringe is installed twice: ${folders.join(' beside ')}. \`npm ls tsyringe\` shows who brings each.`
  return "A decorator of the class is not known here: if it is tsyringe's, tsyringe is installed twice, which `npm ls tsyringe` shows."
}

function isClassToken(token: Token): boolean {
  return typeof token === 'function' && !('kind' in token)
}
