import { isObject } from '../../di/index.js'
import { NO_PARAMS, type Params } from '../routing/router.js'

/** Parameters of a path as hosts have them. */
export type HostParams = Readonly<Record<string, unknown>>

/** What hosts pass for a request: the request itself, or an object that has it, with parameters of the path. */
export type RequestSource = Request | { readonly request: Request }

export function requestOf(from: RequestSource): Request {
  return from instanceof Request ? from : from.request
}

/**
 * The parameters of the path, which hosts have beside the request: in it (Bun), in the object that has it (SvelteKit,
 * Astro, React Router), or in the second argument (Next, where it may be a promise).
 */
export function paramsOf(from: RequestSource, second: unknown): Params | Promise<Params> {
  const given = own(from) ?? own(second)
  if (given instanceof Promise) return given.then(hostParams)
  return hostParams(given)
}

function own(holder: unknown): unknown {
  return isObject(holder) && 'params' in holder ? holder.params : undefined
}

/** Copied, because what a host gives may have a prototype. A list, as of a catch-all in Next, is a path. */
export function hostParams(given: unknown): Params {
  if (!isObject(given)) return NO_PARAMS
  const entries = Object.entries(given)
  if (entries.length === 0) return NO_PARAMS
  const params = Object.create(null) as Record<string, string | undefined>
  for (const [name, content] of entries) {
    if (content !== undefined)
      params[name] = Array.isArray(content) ? content.join('/') : `${content}`
  }
  return params
}
