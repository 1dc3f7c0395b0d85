import type { StandardSchemaV1 } from '@standard-schema/spec'
import { App, Session, type SessionStore, route, sessions } from 'ingot'

interface Visit {
  cart: { sku: string; quantity: number }[]
}

/** By hand, so that this example needs no library; use zod, valibot or arktype for yours. */
const visit: StandardSchemaV1<unknown, Visit> = {
  '~standard': {
    version: 1,
    vendor: 'example',
    validate(data) {
      const { cart = [] } = data as Partial<Visit>
      const isFine = Array.isArray(cart) && cart.every((item) => typeof item?.sku === 'string')
      return isFine ? { value: { cart } } : { issues: [{ message: 'no cart', path: ['cart'] }] }
    },
  },
}

// #region schema
/** Version 1 kept a list of names: `{ cart: ['tea', 'mug'] }`. */
export function createApp(store: SessionStore): App {
  return new App({
    components: [
      sessions(store, {
        schema: visit,
        version: 2,
        migrate: ({ cart }) => ({
          cart: (cart as string[]).map((sku) => ({ sku, quantity: 1 })),
        }),
      }),
    ],
    routes: [route.get('/cart', [Session], (session: Session<Visit>) => session.get('cart') ?? [])],
  })
}
// #endregion
