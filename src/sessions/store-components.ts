import {
  describeParameters,
  callable,
  inject,
  type AnyToken,
  type ClassToken,
  type Token,
} from '../di/index.js'
import type { SessionStore } from './store/session-store.js'
import { Session } from './session/session.js'

/**
 * The `dump` of a store whose sessions go by another token: where it asks for `Session` it means its own,
 * and not those of another store in the same application.
 */
export function dumpAs(
  store: SessionStore | ClassToken<SessionStore>,
  token: Token,
): { readonly dump: () => ReturnType<SessionStore['dump']> } {
  const asked = describeParameters(callable([store, 'dump'])).map((one) => {
    // An erased type stays what it is, for `ready()` to explain.
    return one.token === Session ? token : ((one.token ?? one.designType) as AnyToken)
  })
  const dump =
    typeof store === 'function'
      ? inject([store, ...asked], (instance: SessionStore, ...values) => instance.dump(...values))
      : inject(asked, (...values) => store.dump(...values))
  return { dump }
}
