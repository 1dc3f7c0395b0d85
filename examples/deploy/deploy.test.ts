import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { App, ClientAddress, route } from 'ingot'
import { expect, onTestFinished, test, vi } from 'vitest'
import { requireProgram } from '../../test/support/installed-program.js'
import { freePort } from '../../test/support/free-port.js'

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')

test('behind nginx the shop sees the visitor, not what the visitor pretends to be', async () => {
  const { url, port } = await openBehindNginx()
  const response = await fetch(url, {
    headers: { 'x-forwarded-for': '192.0.2.66', 'x-forwarded-proto': 'https' },
  })
  expect(await response.json()).toEqual({
    client: '127.0.0.1',
    address: `http://127.0.0.1:${port}/`,
  })
})

test('through nginx an event arrives before the next one is made', async () => {
  const { url, release } = await openBehindNginx()
  const response = await fetch(new URL('/events', url))
  const reader = response.body!.getReader()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n')
  release()
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: second\n\n')
})

test('every way of deploying waits longer than the shop needs to end, and stops it by a signal', () => {
  const main = readFileSync(new URL('../tutorial/09-deploy/main.ts', import.meta.url), 'utf8')
  const before = Number(/beforeClose: .*\? ([\d_]+)/.exec(main)![1]!.replace('_', ''))
  const needed = (before + 10_000) / 1000
  expect(Number(/TimeoutStopSec=(\d+)/.exec(read('shop.service'))![1])).toBeGreaterThan(needed)
  expect(
    Number(/terminationGracePeriodSeconds: (\d+)/.exec(read('kubernetes.yaml'))![1]),
  ).toBeGreaterThan(needed)
  const pm2 = JSON.parse(read('pm2.json')) as { apps: [{ kill_timeout: number }] }
  expect(pm2.apps[0].kill_timeout / 1000).toBeGreaterThan(needed)
  expect(read('Dockerfile')).toMatch(/^CMD \["node",/m)
})

test('nothing runs as root', () => {
  expect(read('Dockerfile')).toMatch(/^USER node\n[^]*CMD/m)
  expect(read('shop.service')).toContain('DynamicUser=yes')
  expect(read('kubernetes.yaml')).toContain('runAsNonRoot: true')
})

test('the unit and its file of settings give the shop all that it needs in production', async () => {
  const settings = read('shop.env').match(/^\w+(?==)/gm)
  for (const step of ['09-deploy', '10-watch']) {
    const main = readFileSync(new URL(`../tutorial/${step}/main.ts`, import.meta.url), 'utf8')
    const [, needed] = /'production' && !\((.+)\)\)/.exec(main)!
    expect(settings).toEqual(expect.arrayContaining(needed!.split(' && ')))
  }
  const unit = fileURLToPath(new URL('shop.service', import.meta.url))
  const analyze = requireProgram('systemd-analyze', 'systemd')
  const { stderr } = await promisify(execFile)(analyze, ['--man=no', 'verify', unit])
  expect(stderr).not.toContain('shop.service:')
})

/** An application behind the nginx.conf of the page, with ports that are free. */
async function openBehindNginx() {
  let release = () => {}
  const released = new Promise<void>((resolve) => void (release = resolve))
  const app = new App({
    routes: [
      route.get('/', [ClientAddress, URL], ({ ip }, url) => ({ client: ip, address: url.href })),
      route.get('/events', async function* () {
        yield 'data: first\n\n'
        await released
        yield 'data: second\n\n'
      }),
    ],
  })
  const { port: own } = await app.listen({ port: 0, trustProxy: 1 })
  onTestFinished(() => app.close())

  const folder = mkdtempSync(join(tmpdir(), 'ingot-nginx-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const port = await freePort()
  const site = read('nginx.conf').replace('127.0.0.1:3000', `127.0.0.1:${own}`)
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr warn; events {}
http { access_log off; ${paths}\n${site.replace('listen 8080', `listen 127.0.0.1:${port}`)} }`,
  )
  const nginx = spawn(
    requireProgram('nginx', 'nginx'),
    ['-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-p', folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const complaints: string[] = []
  nginx.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  onTestFinished(async () => {
    nginx.kill('SIGTERM')
    await once(nginx, 'close')
    expect(complaints.filter((line) => /\[(?:warn|emerg|error)\]/.test(line))).toEqual([])
  })
  const url = `http://127.0.0.1:${port}/`
  await vi.waitFor(() => fetch(url), { timeout: 30_000, interval: 50 })
  return { url, port, release }
}
