import { describe, expect, test } from 'vitest'
import { App, HttpError, route, securityHeaders } from '../../../src/http/index.js'
import { opened, WAYS } from './ways.js'

const OWN = { 'content-security-policy': "default-src 'none'" }

const routes = [
  route.get('/', () => 'home'),
  route.get('/own', () => new Response('x', { headers: OWN })),
  route.get('/broken', () => {
    throw new HttpError(401)
  }),
]

describe.each(WAYS)('securityHeaders() through %s', (way) => {
  test('are on every response, without HSTS over plain http (RFC 6797 7.2) [B12]', async () => {
    const { ask } = await opened(way, { middleware: [securityHeaders()], routes })
    for (const path of ['/', '/broken', '/nowhere']) {
      const { headers } = await ask(path)
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy':
          "default-src 'self'; base-uri 'self'; font-src 'self' https: data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' https: 'unsafe-inline'",
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-dns-prefetch-control': 'off',
        'x-frame-options': 'SAMEORIGIN',
        'x-permitted-cross-domain-policies': 'none',
      })
      expect(headers.has('strict-transport-security')).toBe(false)
    }
  })

  test('can be changed, left out and added, and those of a handler win', async () => {
    const { ask } = await opened(way, {
      middleware: [
        securityHeaders({
          'x-frame-options': false,
          'referrer-policy': 'same-origin',
          'Permissions-Policy': 'camera=()',
        }),
      ],
      routes,
    })
    const { headers } = await ask('/own')
    expect(headers.get('content-security-policy')).toBe("default-src 'none'")
    expect(headers.has('x-frame-options')).toBe(false)
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('permissions-policy')).toBe('camera=()')
  })
})

test('HSTS is sent over https', async () => {
  const app = new App({ middleware: [securityHeaders()], routes })
  const { headers } = await app.fetch(new Request('https://shop.example/'))
  expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
})

test('a header that cannot be sent is refused when it is given', () => {
  expect(() => securityHeaders({ 'referrer-policy': 'a\r\nset-cookie: b' })).toThrow(TypeError)
})
