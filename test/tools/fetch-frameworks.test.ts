import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { cookieOf } from '../hosts/host-suite.js'
import { Consumer } from '../package/consumer.js'
import { projects, type FetchProject } from './fetch-projects.js'
import { freePort } from '../support/free-port.js'

const PACKAGES = [
  'next@16',
  'react@19',
  'react-dom@19',
  '@sveltejs/kit@3',
  '@sveltejs/adapter-node@6',
  '@sveltejs/vite-plugin-svelte',
  'svelte@5',
  'vite@8',
  'astro@7',
  '@astrojs/node@11',
  'react-router@7',
  '@react-router/dev@7',
  '@react-router/node@7',
  '@react-router/serve@7',
  'isbot@5',
]
// Those of React Router ask for one version of each other.
const QUIETLY = ['--prefer-offline', '--no-audit', '--no-fund', '--legacy-peer-deps']
const QUIET = { NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' }

let consumer: Consumer
/** SvelteKit and Astro run on Node 22 and later. */
let node: string

beforeAll(async () => {
  node = await newerNode()
  consumer = await Consumer.create()
  consumer.write('sites/package.json', '{ "private": true }')
  await consumer.tarball('sites/ingot.tgz')
  await consumer.execute('npm', ['install', ...QUIETLY, './ingot.tgz', ...PACKAGES], 'sites')
  const [first, ...others] = projects as readonly [FetchProject, ...FetchProject[]]
  const inTurn = async (): Promise<void> => {
    for (const project of others) await build(project)
  }
  await Promise.all([build(first), inTurn()])
}, 600_000)
afterAll(() => consumer.remove())

test.each(projects)('$name keeps the session of its handlers', async (project) => {
  const url = await serve(project)
  const read = async (cookie: string): Promise<unknown> =>
    (await fetch(`${url}/count`, { headers: { cookie } })).json()
  const write = (path: string, cookie = ''): Promise<Response> =>
    fetch(`${url}/${path}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: '{}',
    })

  const anonymous = await fetch(`${url}/count`)
  expect([await anonymous.json(), cookieOf(anonymous)]).toEqual([{ n: 0 }, ''])

  const first = await write('count')
  expect(await first.json()).toEqual({ n: 1 })
  const cookie = cookieOf(first)
  expect(cookie).toContain('session=')
  expect(first.headers.getSetCookie().join()).toContain('theme=dark')
  expect(first.headers.get('vary')).toMatch(/\bCookie\b/i)

  await Promise.all(Array.from({ length: 5 }, () => write('count', cookie)))
  expect(await read(cookie)).toEqual({ n: 6 })

  await write('away')
  const failed = await write('count', cookie)
  expect([failed.status, await failed.text()]).toEqual([503, expect.not.stringContaining('"n"')])
  await write('back')
  expect(await read(cookie)).toEqual({ n: 6 })

  const logout = await write('logout', cookie)
  // Next leaves `Max-Age=0` away where a handler has set a cookie of its own.
  expect(logout.headers.getSetCookie().join()).toMatch(/session=;/)
  expect(await read(cookie)).toEqual({ n: 0 })
})

function folderOf({ name }: FetchProject): string {
  return `sites/${name.replace(' ', '-')}`
}

async function build(project: FetchProject): Promise<void> {
  const folder = folderOf(project)
  for (const [path, text] of Object.entries(project.files))
    consumer.write(`${folder}/${path}`, text)
  const child = consumer.start(project.build, folder, QUIET, node)
  let told = ''
  for (const output of [child.stdout!, child.stderr!])
    output.on('data', (text: Buffer) => (told += text.toString()))
  const [status] = (await once(child, 'exit')) as [number | null]
  if (status !== 0) throw new Error(`${project.name} could not be built: ${told}`)
}

async function serve(project: FetchProject): Promise<string> {
  const port = String(await freePort('localhost'))
  const environment = { ...QUIET, PORT: port, HOST: 'localhost', NODE_ENV: 'production' }
  const child = consumer.start(project.start, folderOf(project), environment, node)
  onTestFinished(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  let told = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      told += text.toString()
      if (project.serving.test(told)) resolve()
    }
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    child.once('exit', () => reject(new Error(`${project.name} did not serve: ${told}`)))
  })
  // Next knows itself by this name alone.
  return `http://localhost:${port}`
}

async function newerNode(): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) >= 22) return process.execPath
  const [known] = (process.env['INGOT_NODES'] ?? '').split(delimiter)
  if (known) return known
  const words = ['-y', '-p', 'node@22', '--', 'which', 'node']
  return (await promisify(execFile)('npx', words)).stdout.trim()
}
