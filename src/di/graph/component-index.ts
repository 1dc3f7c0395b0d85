import { ClassComponent } from '../components/class-component.js'
import type { Component } from '../components/component.js'
import { Replacement } from '../components/replacement.js'
import { isMarker } from '../tokens/marker.js'
import { SingleTokenComponent } from '../components/single-token.js'
import type { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'

/**
 * Finds the component of a parameter. A component of one token is looked at for that token only: a
 * large application has hundreds of them, and thousands of parameters.
 */
export class ComponentIndex {
  readonly #components: readonly Component[]
  readonly #forMarkers: readonly Component[]
  readonly #byToken = new WeakMap<Token, readonly Component[]>()

  constructor(components: readonly Component[]) {
    this.#components = components
    this.#forMarkers = components.filter(
      (one) => !(one instanceof SingleTokenComponent) || isMarker(one.token),
    )
  }

  /** The one that makes the value of a parameter. */
  first(parameter: Parameter): Component | undefined {
    return this.#for(parameter.token).find((one) => one.canHandleParameter(parameter))
  }

  /** Every one that could. */
  all(parameter: Parameter): Component[] {
    return this.#for(parameter.token).filter((one) => one.canHandleParameter(parameter))
  }

  /** Every one of the application that could, unless a replacement stands before them. */
  rivals(first: Component, parameter: Parameter): Component[] {
    if (first instanceof Replacement) return []
    return this.all(parameter).filter((one) => !(one instanceof ClassComponent))
  }

  #for(token: Token): readonly Component[] {
    // Each route makes its own markers, so there is no end of them.
    if (isMarker(token)) return this.#forMarkers
    let found = this.#byToken.get(token)
    if (!found) {
      found = this.#components.filter(
        (one) => !(one instanceof SingleTokenComponent) || one.token === token,
      )
      this.#byToken.set(token, found)
    }
    return found
  }
}
