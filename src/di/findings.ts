import type { Asked } from './asked.js'
import { explainErasure } from './erased.js'
import { DIProblem, type DICode } from './errors.js'
import type { Edge } from './node.js'
import type { Parameter } from './parameter.js'
import { nearest } from './suggestion.js'
import { describeToken, type Token } from './token.js'
import { isDoubled } from './tsyringe.js'
import { containerRemedy } from './container-token.js'

/** Makes the edges for the mistakes that a linker finds, with the way it went to each. */
export class Findings {
  /** From the function that is being linked down to where the linker is. */
  readonly trail: string[] = []
  /** The plan that is being linked, by name. */
  plan: string | undefined

  missing(parameter: Parameter, known: readonly Token[]): Edge {
    const label = describeToken(parameter.token)
    return this.#add('DI_MISSING', `nothing provides ${label}, ${position(parameter)}.`, {
      label,
      remedy: `${remedyFor(parameter.token)}${nearest(parameter.token, known)}`,
    })
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

  erased(asked: Asked, place: Position): Edge {
    const { code, why, remedy } = explainErasure(asked)
    const problem = `${position(place)} cannot be injected: ${why}.`
    return this.#add(code, problem, { label: `parameter ${place.index}`, remedy })
  }

  #add(code: DICode, problem: string, { label, remedy }: { label: string; remedy: string }): Edge {
    const path = [...this.trail, label]
    const found = new DIProblem({ code, problem, path, remedy, plan: this.plan })
    return { kind: 'broken', label, problem: found }
  }
}

type Position = Pick<Parameter, 'owner' | 'index'>

function position({ owner, index }: Position): string {
  return index < 0 ? `the class of ${owner}` : `parameter ${index} of ${owner}`
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
