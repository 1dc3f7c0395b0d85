import type { Component } from './component.js'
import { DIProblem } from '../errors.js'
import { SingleTokenComponent } from './single-token.js'
import type { Parameter } from '../tokens/parameter.js'
import { value } from './providers.js'
import { SELECT, bind, type Binding, type Selection } from './binding.js'
import { nearest } from '../graph/did-you-mean.js'
import { describeToken, type Token } from '../tokens/token.js'

/** Stands in for whatever provides one token, and for that token only. */
export class Replacement extends SingleTokenComponent implements Component, Binding {
  readonly isExclusive: boolean
  readonly consumesBody: boolean
  declare readonly dispose?: (made: unknown) => unknown
  readonly #component: Component

  /** @param given a value, or a component that makes one. */
  constructor(token: Token, given: unknown) {
    super(token)
    this.#component = isComponent(given) ? given : value(token, given)
    this.isExclusive = this.#component.isExclusive ?? false
    this.consumesBody = this.#component.consumesBody ?? false
    if (this.#component.dispose) this.dispose = (made) => this.#component.dispose!(made)
  }

  [SELECT](parameter: Parameter): Selection {
    const selection = bind(this.#component, parameter)
    return { ...selection, provider: `override(${describeToken(this.token)})` }
  }

  resolve(): unknown {
    throw new TypeError('a replacement resolves through what it was given')
  }
}

function isComponent(given: unknown): given is Component {
  return (
    typeof given === 'object' &&
    given !== null &&
    typeof (given as Partial<Component>).canHandleParameter === 'function' &&
    typeof (given as Partial<Component>).resolve === 'function'
  )
}

/** An override that would change nothing: no plan asks for the token. */
export function unknownOverride(token: Token, asked: readonly Token[]): DIProblem {
  const name = describeToken(token)
  return new DIProblem({
    code: 'DI_UNKNOWN_OVERRIDE',
    problem: `${name} cannot be overridden: no handler asks for it, and nothing below one does.`,
    path: [`override(${name}, …)`],
    remedy: `Override a token that is in use.${nearest(token, asked)}`,
    route: undefined,
  })
}
