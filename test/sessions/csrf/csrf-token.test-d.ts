import { expectTypeOf, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { route, type Middleware } from '../../../src/http/index.js'
import { CsrfToken, csrfTokenGuard, Session, SessionView } from '../../../src/sessions/index.js'

test('a handler asks for the token by its class', () => {
  inject([CsrfToken], (token) => expectTypeOf(token).toEqualTypeOf<CsrfToken>())
  route.get('/', [CsrfToken], (token) => expectTypeOf(token.value).toEqualTypeOf<string>())
})

test('verify takes whatever was sent, and value cannot be set', () => {
  expectTypeOf<CsrfToken['verify']>().toEqualTypeOf<(text: unknown) => boolean>()
  const token = new CsrfToken(Session.empty())
  // @ts-expect-error - it is made of the session
  token.value = 'mine'
})

test('a token by hand is of a session or a view of one', () => {
  expectTypeOf(CsrfToken).toBeConstructibleWith(Session.empty<{ cart: string[] }>())
  expectTypeOf<SessionView>().toExtend<ConstructorParameters<typeof CsrfToken>[0]>()
  // @ts-expect-error - an id alone is no session
  expectTypeOf(new CsrfToken('id')).toEqualTypeOf<CsrfToken>()
})

test('the guard is a middleware with the options of crossOriginGuard', () => {
  expectTypeOf(csrfTokenGuard({ exempt: ['POST /saml'] })).toEqualTypeOf<Middleware>()
  // @ts-expect-error - the name of the field is fixed
  csrfTokenGuard({ field: 'token' })
})
