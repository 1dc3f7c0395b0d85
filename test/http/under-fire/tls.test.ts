import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectPlainly } from 'node:net'
import { connect } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { Exchange, route } from '../../../src/http/index.js'
import { findProgram } from '../../support/installed-program.js'
import { serve, Wire } from './wire.js'

/** A certificate for localhost that lives for a day, and its key. */
function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
  const made = ['-subj', '/CN=localhost', '-days', '1', '-out', cert, '-keyout', key]
  execFileSync('openssl', ['req', '-x509', ...kind, ...made], { stdio: 'ignore' })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

const isInstalled = findProgram('openssl') !== undefined

test.skipIf(!isInstalled)(
  'with tls it speaks HTTP/1.1 under https, whatever a proxy says, and stops as fast [PR-02]',
  async () => {
    const tls = certificate()
    const { server } = await serve(
      { routes: [route.get('/', [Request], (request) => request.url)] },
      { tls, trustProxy: 1 },
    )
    expect(server.url).toMatch(/^https:/)
    const open = async () => {
      const ALPNProtocols = ['h2', 'http/1.1']
      const socket = connect({
        port: server.port,
        ca: tls.cert,
        servername: 'localhost',
        ALPNProtocols,
      })
      await once(socket, 'secureConnect')
      expect(socket.alpnProtocol).toBe('http/1.1')
      return new Wire(socket)
    }
    const [asking, silent, contradicted] = [await open(), await open(), await open()]
    const speechless = new Wire(connectPlainly(server.port))
    await once(speechless.socket, 'connect')
    asking.send('GET /?a=http: HTTP/1.1', 'Host: shop.test', 'X-Forwarded-Proto: https', '', '')
    await asking.until(/https:\/\/shop\.test\/\?a=http:$/)
    contradicted.send('GET / HTTP/1.1', 'Host: shop.test', 'X-Forwarded-Proto: http', '', '')
    await contradicted.until(/https:\/\/shop\.test\/$/)
    const before = performance.now()
    await server.close()
    expect(performance.now() - before).toBeLessThan(1000)
    await Promise.all([asking, silent, contradicted, speechless].map((wire) => wire.rest()))
  },
)

test.skipIf(!isInstalled)(
  'a visitor of a TLS socket came over https without any proxy, also where one says http [PR-02]',
  async () => {
    const tls = certificate()
    for (const trustProxy of [false, 1] as const) {
      const { server } = await serve(
        {
          routes: [
            route.get('/', [URL, Exchange], ({ protocol }, { isHttps }) => {
              return `${protocol} ${isHttps}.`
            }),
          ],
        },
        { tls, trustProxy },
      )
      const socket = connect({ port: server.port, ca: tls.cert, servername: 'localhost' })
      await once(socket, 'secureConnect')
      const wire = new Wire(socket)
      wire.send('GET / HTTP/1.1', 'Host: shop.test', 'X-Forwarded-Proto: http')
      expect(await wire.send('', 'Connection: close', '', '').rest()).toMatch(/\r\nhttps: true\.$/)
    }
  },
)
