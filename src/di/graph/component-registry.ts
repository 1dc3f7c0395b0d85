import { ClassComponent } from '../components/class-component.js'
import type { Component } from '../components/component.js'
import { Linker, type LinkerOptions } from './linker.js'
import { Replacement } from '../components/replacement.js'
import type { Token } from '../tokens/token.js'

/** A token and what takes its place: a value, or a component that makes one. */
export type Override = readonly [token: Token, given: unknown]

/** The components of an injector in the order they are asked, and the linker that asks them. */
export class ComponentRegistry {
  readonly components: readonly Component[]
  readonly linker: Linker
  readonly #tokens: Pick<LinkerOptions, 'input' | 'next'>

  constructor(
    components: readonly Component[],
    tokens: Pick<LinkerOptions, 'input' | 'next'>,
    inherit?: LinkerOptions['inherit'],
  ) {
    this.components = components
    this.#tokens = tokens
    this.linker = new Linker({ components, ...tokens, ...(inherit && { inherit }) })
  }

  /** An application's wiring: each component's companions after it, classes last. */
  static of(
    components: readonly Component[],
    tokens: Pick<LinkerOptions, 'input' | 'next'>,
  ): ComponentRegistry {
    return new ComponentRegistry([...withCompanions(components), new ClassComponent()], tokens)
  }

  /** The same with replacements in front; what does not need them is shared, its singletons too. */
  with(overrides: readonly Override[]): ComponentRegistry {
    const replacements = overrides.map(([token, given]) => new Replacement(token, given))
    const overridden = overrides.map(([token]) => token)
    return new ComponentRegistry([...replacements, ...this.components], this.#tokens, {
      from: this.linker,
      overridden,
    })
  }
}

function withCompanions(components: readonly Component[]): Component[] {
  return components.flatMap((one) => [one, ...withCompanions(one.companions ?? [])])
}
