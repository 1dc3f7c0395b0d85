import type { Decorated } from './decorated.js'

type Name = string | symbol

/** Compilers that know no `Symbol.metadata` use this one. */
const METADATA =
  (Symbol as { readonly metadata?: symbol }).metadata ?? Symbol.for('Symbol.metadata')

/**
 * What decorators recorded about methods, by class and name: a decorator further out may put another
 * function in the place of the method. Where TC39 decorators are compiled without metadata, nothing but the
 * function is known.
 */
export class MethodFacts<Fact> {
  readonly #byOwner = new WeakMap<object, Map<Name, Fact>>()
  readonly #byFunction = new WeakMap<Function, Fact>()

  /** Records a fact; `change` gets what was recorded before. */
  note({ target, owner, name }: Decorated, change: (before: Fact | undefined) => Fact): void {
    if (!owner) {
      this.#byFunction.set(target, change(this.#byFunction.get(target)))
      return
    }
    let facts = this.#byOwner.get(owner)
    if (!facts) this.#byOwner.set(owner, (facts = new Map<Name, Fact>()))
    facts.set(name!, change(facts.get(name!)))
  }

  /** What is known of a method that the prototype itself defines. */
  of(prototype: object, name: Name): Fact | undefined {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {}
    return (
      this.#byOwner.get(prototype)?.get(name) ??
      this.#byMetadata(prototype)?.get(name) ??
      (typeof value === 'function' ? this.#byFunction.get(value as Function) : undefined)
    )
  }

  #byMetadata({ constructor }: object): ReadonlyMap<Name, Fact> | undefined {
    const metadata = Object.getOwnPropertyDescriptor(constructor, METADATA)?.value as
      | object
      | undefined
    return metadata && this.#byOwner.get(metadata)
  }
}
