import type { Node } from './node.js'
import { isMarker } from '../tokens/marker.js'
import type { Parameter } from '../tokens/parameter.js'
import type { Token } from '../tokens/token.js'
import { usesToken } from './reachable.js'

/** Where nodes are inherited from, unless they need one of the overridden tokens. */
export interface Inheritance {
  readonly from: NodeCache
  readonly overridden: readonly Token[]
}

/** The nodes that several parameters share: one for each owner (a component, or the receiver of a call) and key. */
export class NodeCache {
  readonly #nodes = new Map<object, Map<unknown, Node>>()
  readonly #inherit: Inheritance | undefined
  readonly #keys: KeyTable

  constructor(inherit: Inheritance | undefined) {
    this.#inherit = inherit
    this.#keys = inherit ? inherit.from.#keys : new Map()
  }

  /**
   * Gives equal parameters one key: a class or named token is its own key; a marker is keyed by label,
   * arguments and what its conversion depends on (the emitted type, and what it is when it may be missing).
   *
   * @param typeArguments those of a class, where its component reads them.
   */
  keyOf({ token, designType, isOptional, absent }: Parameter, typeArguments?: string): object {
    if (!isMarker(token))
      return typeArguments === undefined ? token : [token, typeArguments].reduce(below, this.#keys)
    const { label, details } = token
    const key = [label, details.length, ...details, designType, isOptional, absent]
    return key.reduce(below, this.#keys)
  }

  /** Our node, or one that may be inherited. */
  get(owner: object, key: unknown): Node | undefined {
    const own = this.#nodes.get(owner)?.get(key)
    if (own) return own
    const inherited = this.#inherited(owner, key)
    if (inherited) this.add(inherited, owner, key)
    return inherited
  }

  add(node: Node, owner: object, key: unknown): void {
    const ofOwner = this.#nodes.get(owner)
    if (ofOwner) ofOwner.set(key, node)
    else this.#nodes.set(owner, new Map([[key, node]]))
  }

  #inherited(owner: object, key: unknown): Node | undefined {
    if (!this.#inherit) return undefined
    const { from, overridden } = this.#inherit
    const node = from.#nodes.get(owner)?.get(key) ?? from.#inherited(owner, key)
    return node && !usesToken(node, overridden) ? node : undefined
  }
}

type KeyTable = Map<unknown, KeyTable>

function below(table: KeyTable, step: unknown): KeyTable {
  let found = table.get(step)
  if (!found) table.set(step, (found = new Map()))
  return found
}
