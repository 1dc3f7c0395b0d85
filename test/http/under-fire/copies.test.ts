import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import * as ours from '../../../src/index.js'

type Ingot = typeof ours

/** The library in one file, of which each import makes another copy. */
async function bundleOf(program: string): Promise<URL> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: 'src', loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  })
  const text = Buffer.from(outputFiles[0]!.contents).toString('base64')
  return new URL(`data:text/javascript;base64,${text}`)
}

function counting({ App, MemoryStore, Session, route, sessions }: Ingot) {
  return new App({
    components: [sessions(new MemoryStore())],
    routes: [
      route.post('/', [Session], (session) =>
        session.update('count', (count: number = 0) => count + 1),
      ),
    ],
  })
}

test('two copies work side by side, and a mixture fails at start-up [PR-08]', async () => {
  const bundle = await bundleOf(`export * from './index.js'`)
  const copy = (await import(bundle.href)) as Ingot
  expect(copy.App).not.toBe(ours.App)
  for (const each of [copy, ours]) {
    const app = counting(each)
    const visit = (cookie = '') =>
      app.fetch(new Request('http://localhost/', { method: 'POST', headers: { cookie } }))
    const first = await visit()
    const again = await visit(first.headers.getSetCookie()[0]!.split(';')[0])
    expect([await first.text(), await again.text()]).toEqual(['1', '2'])
  }
  const session = { ...ours, Session: copy.Session }
  const store = { ...ours, MemoryStore: copy.MemoryStore }
  const component = { ...ours, sessions: copy.sessions }
  const routes = { ...ours, route: copy.route }
  const start = async (mixture: Ingot) => counting(mixture).ready()
  for (const mixture of [session, routes])
    await expect(start(mixture)).rejects.toBeInstanceOf(ours.DIError)
  // The address of the copy is the whole library, so the message shows the beginning.
  const beginning = `${bundle.href.slice(0, 100)}…`
  const folder = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
  for (const [mixture, paths] of [
    [store, `${beginning} beside ${folder}`],
    [component, `${folder} beside ${beginning}`],
  ] as const)
    await expect(start(mixture)).rejects.toThrow(
      `. Ingot is installed twice, and the other copy made this: ${paths}. \`npm ls ingot\` shows who brings each; \`npm dedupe\`, or a peer dependency in the package that brings its own, leaves one.`,
    )
})

test('worker threads serve on their own [PR-08]', async () => {
  const program = await bundleOf(`
    import { parentPort } from 'node:worker_threads'
    import { App, MemoryStore, Session, route, sessions } from './index.js'
    const app = new App({
      components: [sessions(new MemoryStore())],
      routes: [route.get('/', [Session], (session) => session.update('count', (count: number = 0) => count + 1))],
    })
    const server = await app.listen({ port: 0, hostname: '127.0.0.1' })
    parentPort.once('message', () => app.close().then(() => parentPort.close()))
    parentPort.postMessage(server.url)
  `)
  const workers = [new Worker(program), new Worker(program)]
  const urls = await Promise.all(
    workers.map(async (worker) => ((await once(worker, 'message')) as [string])[0]),
  )
  expect(new Set(urls).size).toBe(2)
  for (const url of urls) expect(await (await fetch(url)).text()).toBe('1')
  const ends = workers.map((worker) => once(worker, 'exit'))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
  for (const worker of workers) worker.postMessage('close')
  expect(await Promise.all(ends)).toEqual([[0], [0]])
})
