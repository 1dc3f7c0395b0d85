import { addRoute, createRouter, findRoute } from 'rou3'
import { normalEscapes } from './path.js'
import type { Route } from './route.js'

/** Parameters of a path by name; without a prototype. */
export type Params = Readonly<Record<string, string | undefined>>

/** The route of a request. */
export interface Match<Target> {
  readonly target: Target
  /** `undefined` when one has a malformed percent escape. */
  readonly params: Params | undefined
}

/** Finds the route of a method and a path. Paths are compared in their normal form; parameters are percent-decoded, once. */
export class Router<Target> {
  readonly #routes = createRouter<Target>()
  readonly #methods = new Set<string>()
  readonly #keys = new Map<string, Route>()

  /**
   * @returns the route that already takes the same requests; the new one is then left out.
   * @throws Error from rou3 when the path cannot be read.
   */
  add(route: Route, target: Target): Route | undefined {
    const key = keyOf(route)
    const present = this.#keys.get(key)
    if (present) return present
    this.#keys.set(key, route)
    this.#methods.add(route.method)
    addRoute(this.#routes, route.method, normalEscapes(route.path), target)
    return undefined
  }

  /** The route of a request; HEAD takes the route of GET where it has none of its own. */
  find(method: string, path: string): Match<Target> | undefined {
    const found =
      findRoute(this.#routes, method, path) ??
      (method === 'HEAD' ? findRoute(this.#routes, 'GET', path) : undefined)
    return found && { target: found.data, params: found.params ? decode(found.params) : NO_PARAMS }
  }

  /**
   * The methods of a path, for `Allow`; none when there is no such path.
   *
   * @param counts whether a route that takes the path counts. Default: each does.
   */
  allowed(path: string, counts: (target: Target) => boolean = () => true): string[] {
    const methods = new Set(
      [...this.#methods].filter((method) => {
        const found = findRoute(this.#routes, method, path, { params: false })
        return found && counts(found.data)
      }),
    )
    if (methods.size === 0) return []
    if (methods.has('GET')) methods.add('HEAD')
    return [...methods.add('OPTIONS')].sort()
  }
}

/** Which requests a route takes does not depend on the names of its parameters. */
function keyOf({ method, path }: Route): string {
  return `${method} ${normalEscapes(path)
    .replaceAll(/:[A-Za-z_]\w*/g, ':')
    .replace(/(.)\/$/, '$1')}`
}

/** Of a path without parameters. */
export const NO_PARAMS: Params = Object.freeze(Object.create(null) as Params)

function decode(params: Record<string, string>): Params | undefined {
  try {
    for (const name in params) params[name] = decodeURIComponent(params[name] ?? '')
    return params
  } catch {
    return undefined
  }
}
