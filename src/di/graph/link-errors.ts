import type { ParameterInfo } from '../tokens/parameter-info.js'
import { isByName } from '../tokens/by-name.js'
import { explainErasure } from './erased-types.js'
import { DIProblem, type DICode } from '../errors.js'
import type { Edge } from './node.js'
import type { Parameter } from '../tokens/parameter.js'
import { nearest } from './did-you-mean.js'
import { describeToken, type Token } from '../tokens/token.js'
import { isDoubled } from '../components/tsyringe/registry.js'
import { containerRemedy } from '../components/tsyringe/container-token.js'

/** Makes the edges for the mistakes that a linker finds, with the way it went to each. */
export class LinkErrors {
  /** From the function that is being linked down to where the linker is. */
  readonly trail: string[] = []
  /** The plan that is being linked, by name. */
  plan: string | undefined

  missing(parameter: Parameter, known: readonly Token[]): Edge {
    const label = describeToken(parameter.token)
    if (isByName(parameter.token)) return this.#nothingByName(parameter, label)
    return this.#add('DI_MISSING', `nothing provides ${label}, ${position(parameter)}.`, {
      label,
      remedy: `${remedyFor(parameter.token)}${nearest(parameter.token, known)}`,
    })
  }

  #nothingByName(parameter: Parameter, label: string): Edge {
    return this.#add(
      'DI_ERASED',
      `${position(parameter)} cannot be injected: its type does not say where the value comes from, and nothing here has values by name.`,
      { label, remedy: 'Name its token: inject([Token, …], fn), with a marker or token<…>().' },
    )
  }

  /** `Parameter` was asked for by a function that fills none. */
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

  /** `Next` was asked for by something else than a function of the plan, or deferred. */
  nextElsewhere(place: Position): Edge {
    return this.#add('DI_MISSING', `${position(place)} cannot have Next.`, {
      label: 'Next',
      remedy: 'Only a middleware can ask for Next, and only as it is.',
    })
  }

  erased(asked: ParameterInfo, place: Position): Edge {
    const { code, why, remedy } = explainErasure(asked)
    const problem = `${position(place)} cannot be injected: ${why}.`
    const label = written(place)?.replaceAll('`', '') ?? `parameter ${place.index}`
    return this.#add(code, problem, { label, remedy })
  }

  #add(code: DICode, problem: string, { label, remedy }: { label: string; remedy: string }): Edge {
    const path = [...this.trail, label]
    const found = new DIProblem({ code, problem, path, remedy, route: this.plan })
    return { kind: 'broken', label, problem: found }
  }
}

type Position = Pick<Parameter, 'owner' | 'index' | 'name' | 'text'>

/** With its name and its type as they are written, where they are known. */
function position(place: Position): string {
  return place.index < 0
    ? `the class of ${place.owner}`
    : `parameter ${written(place) ?? place.index} of ${place.owner}`
}

function written({ name, text }: Position): string | undefined {
  if (name === undefined) return undefined
  return text ? `\`${name}: ${text}\`` : `\`${name}\``
}

function remedyFor(token: Token): string {
  const ofContainer = containerRemedy(token)
  if (ofContainer) return ofContainer
  const name = describeToken(token)
  const register = `Register it in \`components\`: value(${name}, …), singleton(${name}, …) or scoped(${name}, …)`
  if (!isClass(token)) return `${register}.`
  return isDoubled
    ? `${register}. A class that tsyringe decorates is not seen here: the bundle holds tsyringe twice. Leave tsyringe out of the bundle, or have the bundler prefer \`main\` to \`module\`.`
    : `${register}; or decorate the class with tsyringe's @singleton() or @injectable().`
}

function isClass(token: Token): boolean {
  return typeof token === 'function' && !('kind' in token)
}
