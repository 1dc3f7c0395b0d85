import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { route, type ListenOptions } from '../../../src/http/index.js'
import { bodyOf, serve, Wire } from './wire.js'

type Trust = NonNullable<ListenOptions['trustProxy']>

const ROUTES = [route.get('/', [URL], (url) => url.origin)]
const HTTP = 'http://shop.test'
const HTTPS = 'https://shop.test'

/** The URL that a handler sees when a peer at an address of this machine sends these lines. */
async function seenFrom(hostname: string, trustProxy: Trust, ...lines: string[]): Promise<string> {
  const { server } = await serve({ routes: ROUTES }, { hostname, trustProxy })
  const wire = new Wire(connect(server.port, hostname))
  wire.send('GET / HTTP/1.1', 'Host: shop.test', 'Connection: close', ...lines, '', '')
  return bodyOf(await wire.rest())
}

describe('a peer that came over IPv6', () => {
  test.each<[string, Trust]>([
    ['nobody is trusted', false],
    ['only IPv4 is trusted', ['127.0.0.1', '0.0.0.0/0']],
    ['another address is trusted', ['::2', 'fe80::/10', '2001:db8::/32']],
    ['the address next to it is trusted', ['::/128']],
  ])('is a stranger where %s [PX-01]', async (_, trust) => {
    expect(await seenFrom('::1', trust, 'X-Forwarded-Proto: https')).toBe(HTTP)
    const forwarded = 'X-Forwarded-For: ::1, 127.0.0.1'
    expect(await seenFrom('::1', trust, 'X-Forwarded-Proto: https', forwarded)).toBe(HTTP)
  })

  test.each<[string, Trust]>([
    ['its address', ['::1']],
    ['its address in another spelling', ['0:0:0:0:0:0:0:1']],
    ['a range', ['::/64']],
    ['the number of proxies', 1],
  ])('is believed where it is trusted by %s [PX-02]', async (_, trust) => {
    expect(await seenFrom('::1', trust, 'X-Forwarded-Proto: https')).toBe(HTTPS)
    expect(await seenFrom('::1', trust, 'X-Forwarded-Proto: https, http')).toBe(HTTP)
  })

  test('may stand behind one that came over IPv4, and the other way round [PX-02]', async () => {
    const chain = 'X-Forwarded-Proto: https, http'
    const trust = ['::1', '127.0.0.1', '2001:db8::/32', '10.0.0.0/8']
    const both = [
      ['::1', 'X-Forwarded-For: 8.8.8.8, 10.1.2.3'],
      ['127.0.0.1', 'X-Forwarded-For: 2a00::8, 2001:db8::7'],
    ] as const
    for (const [peer, forwarded] of both) {
      expect(await seenFrom(peer, trust, chain, forwarded), forwarded).toBe(HTTPS)
    }
  })
})

test.each([
  ['first', '8.8.8.8, 9.9.9.9, 10.1.2.3', HTTP],
  ['last', '10.1.2.3, 8.8.8.8, 9.9.9.9', HTTPS],
  ['around a trusted one', '8.8.8.8, 10.1.2.3, 9.9.9.9', HTTPS],
  ['over IPv6', '2a00::8, 2a00::9, 10.1.2.3', HTTP],
])(
  'of several strangers in the chain (%s) none is believed: who stands between them decides nothing [PX-01]',
  async (_, forwarded, origin) => {
    // What the visitor saw, then what each in the chain has seen, the peer last.
    const protos = 'X-Forwarded-Proto: https, https, http, https'
    const trust = ['127.0.0.1', '10.0.0.0/8']
    const seen = await seenFrom('127.0.0.1', trust, protos, `X-Forwarded-For: ${forwarded}`)
    expect(seen).toBe(origin)
  },
)
