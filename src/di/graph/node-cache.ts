import type { Node } from './node.js'
import type { Token } from '../tokens/token.js'
import { usesToken } from './reachable.js'

/** Where nodes are inherited from, unless they need one of the overridden tokens. */
export interface Inheritance {
  readonly from: NodeCache
  readonly overridden: readonly Token[]
}

/** The nodes that all who ask share: one for each owner (a component, or the receiver of a call) and key. */
export class NodeCache {
  readonly #nodes = new Map<object, Map<unknown, Node>>()
  readonly #inherit: Inheritance | undefined

  constructor(inherit: Inheritance | undefined) {
    this.#inherit = inherit
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
