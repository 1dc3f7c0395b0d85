import type { Component, Consumable } from './component.js'
import { SingleTokenComponent } from './single-token.js'
import type { Parameter } from '../tokens/parameter.js'
import { value } from './providers.js'
import { BIND, bind, type Binding, type BindingComponent } from './binding.js'
import { describeToken, type Token } from '../tokens/token.js'

/** Takes the place of whatever provides one token, and of nothing else. */
export class Replacement extends SingleTokenComponent implements BindingComponent {
  readonly isExclusive: boolean
  declare readonly consumes?: Consumable
  declare readonly dispose?: (made: unknown) => unknown
  readonly #component: Component

  /** @param given a value, or a component that makes one. */
  constructor(token: Token, given: unknown) {
    super(token)
    this.#component = isComponent(given) ? given : value(token, given)
    this.isExclusive = this.#component.isExclusive ?? false
    if (this.#component.consumes) this.consumes = this.#component.consumes
    if (this.#component.dispose) this.dispose = (made) => this.#component.dispose!(made)
  }

  [BIND](parameter: Parameter): Binding {
    const binding = bind(this.#component, parameter)
    return { ...binding, provider: `override(${describeToken(this.token)})` }
  }

  resolve(): unknown {
    throw new TypeError('a replacement resolves through what it was given')
  }
}

/** A mock has every method that it is asked for, so it is asked with `in`, which reads none. */
function isComponent(given: unknown): given is Component {
  return (
    typeof given === 'object' &&
    given !== null &&
    'canHandleParameter' in given &&
    typeof given.canHandleParameter === 'function' &&
    'resolve' in given &&
    typeof given.resolve === 'function'
  )
}
