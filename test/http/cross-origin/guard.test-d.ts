import { expectTypeOf, test } from 'vitest'
import {
  App,
  CrossOriginCheck,
  crossOriginGuard,
  route,
  type Exchange,
  type Middleware,
} from '../../../src/http/index.js'

test('a guard is a middleware, for an application and for a route', () => {
  expectTypeOf(crossOriginGuard()).toEqualTypeOf<Middleware>()
  const guard = crossOriginGuard({ trustedOrigins: ['https://partner.example'] as const })
  expectTypeOf(new App({ middleware: [guard], routes: [] })).toEqualTypeOf<App>()
  route.post('/', () => {}, { middleware: [guard] })
})

test('its options are lists of texts, and no others are taken', () => {
  crossOriginGuard({ trustedOrigins: [], exempt: [] })
  // @ts-expect-error - a list, of which each is an origin
  crossOriginGuard({ trustedOrigins: 'https://partner.example' })
  // @ts-expect-error - there are no patterns
  crossOriginGuard({ trustedOrigins: [/partner/] })
  // @ts-expect-error - what is misspelled would guard nothing
  crossOriginGuard({ exempted: ['POST /saml'] })
})

test('the check says whether a request concerns it, and throws', () => {
  const check = new CrossOriginCheck()
  expectTypeOf(check.concerns).parameters.toEqualTypeOf<[Exchange]>()
  expectTypeOf(check.concerns).returns.toEqualTypeOf<boolean>()
  expectTypeOf(check.assert).returns.toEqualTypeOf<void>()
})
