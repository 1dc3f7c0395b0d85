import { storeFailure } from '../calls/store-failure.js'
import { SessionStoreError } from '../errors/errors.js'

/** A custom store gave something that it may not give. */
export function contractError(method: 'load' | 'dump', given: unknown, expected: string): Error {
  const message = `the session store's ${method}() gave ${kindOf(given)}; it has to give ${expected}`
  return storeFailure(new SessionStoreError(message, { reason: 'contract' }), method)
}

/** What kind of thing it is, and nothing of what is in it. */
function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given)
  return Array.isArray(given) ? 'an array' : `a value of type ${typeof given}`
}
