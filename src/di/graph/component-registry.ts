import { ClassComponent } from '../components/class-component.js'
import type { Component } from '../components/component.js'
import { Linker, type LinkerOptions } from './linker.js'
import { Replacement } from '../components/replacement.js'
import type { Token } from '../tokens/token.js'

/** A token and what takes its place: a value, or a component that makes one. */
export type Override = readonly [token: Token, given: unknown]

/** The components of an injector in their order, and the linker that binds parameters to them. */
export class ComponentRegistry {
  readonly components: readonly Component[]
  readonly linker: Linker
  readonly #options: RegistryOptions

  constructor(
    components: readonly Component[],
    options: RegistryOptions,
    inherit?: LinkerOptions['inherit'],
  ) {
    this.components = components
    this.#options = options
    this.linker = new Linker({ ...options, components, ...(inherit && { inherit }) })
  }

  /** The registry of an application: each component's companions after it, classes last. */
  static of(components: readonly Component[], options: RegistryOptions): ComponentRegistry {
    return new ComponentRegistry([...withCompanions(components), new ClassComponent()], options)
  }

  /** The same with replacements in front. Nodes that do not need them are shared, singletons included. */
  with(overrides: readonly Override[]): ComponentRegistry {
    const replacements = overrides.map(([token, given]) => new Replacement(token, given))
    const overridden = overrides.map(([token]) => token)
    return new ComponentRegistry([...replacements, ...this.components], this.#options, {
      from: this.linker,
      overridden,
    })
  }
}

type RegistryOptions = Omit<LinkerOptions, 'components' | 'inherit'>

function withCompanions(components: readonly Component[]): Component[] {
  return components.flatMap((one) => [one, ...withCompanions(one.companions ?? [])])
}
