// Prints through how many of our files and functions one warm request runs that changes a session, over a
// real socket: `npm run build && node scripts/walk.js [memory|cookie|redis] [--list]`. Module bodies are left out.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { spawn } from 'node:child_process'
import { Session as Inspector } from 'node:inspector/promises'
import { relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const dist = new URL('../dist/', import.meta.url)
const [kind = 'memory'] = process.argv.slice(2).filter((word) => !word.startsWith('--'))

const { App, CookieStore, MemoryStore, Session, inject, route, sessions } = await import(
  new URL('index.js', dist).href
)
const { store, components = [], stop } = await stores()[kind]()
const count = inject([Session], (session) => {
  session.set('count', (session.get('count') ?? 0) + 1)
  return String(session.get('count'))
})
const app = new App({
  components: [sessions(store), ...components],
  routes: [route.post('/count', count)],
})
const server = await app.listen({ port: 0, hostname: '127.0.0.1' })

let cookie = ''
for (let visit = 0; visit < 20; visit++) await post()
const inspector = new Inspector()
inspector.connect()
await inspector.post('Profiler.enable')
await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
await post()
const { result } = await inspector.post('Profiler.takePreciseCoverage')
report(result)
await server.close()
await stop?.()

async function post() {
  const response = await fetch(`${server.url.replace(/\/$/, '')}/count`, {
    method: 'POST',
    headers: cookie ? { cookie } : {},
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  await response.text()
  const [set] = response.headers.getSetCookie()
  if (set !== undefined) cookie = set.split(';')[0]
}

function report(scripts) {
  const files = new Map()
  for (const { url, functions } of scripts) {
    if (!url.startsWith(dist.href)) continue
    // The first range of a script is its module body.
    const ran = functions.filter(
      ({ functionName, ranges }) =>
        ranges[0].count > 0 && ranges[0].startOffset > 0 && !functionName.startsWith('<'),
    )
    if (ran.length > 0) files.set(relative(fileURLToPath(dist), fileURLToPath(url)), ran)
  }
  const functions = [...files.values()].flat()
  if (process.argv.includes('--list')) {
    for (const [file, ran] of [...files].toSorted(([a], [b]) => a.localeCompare(b)))
      console.log(
        `${file}: ${ran.map(({ functionName }) => functionName || '(anonymous)').join(', ')}`,
      )
  }
  console.log(`${kind}: ${files.size} files, ${functions.length} functions`)
}

function stores() {
  return {
    memory: async () => ({ store: new MemoryStore() }),
    cookie: async () => ({
      store: new CookieStore({ secret: 'a-secret-of-32-characters-or-more!' }),
    }),
    redis: async () => {
      const probe = createServer().listen(0, '127.0.0.1')
      await once(probe, 'listening')
      const { port } = probe.address()
      probe.close()
      const redis = spawn('redis-server', [
        '--port',
        String(port),
        '--save',
        '',
        '--daemonize',
        'no',
      ])
      await once(redis.stdout, 'data')
      const { RedisStore, redis: client } = await import(
        new URL('sessions/redis/index.js', dist).href
      )
      return {
        store: new RedisStore(),
        components: [client(`redis://127.0.0.1:${port}`)],
        stop: async () => {
          redis.kill()
          await once(redis, 'exit')
        },
      }
    },
  }
}
