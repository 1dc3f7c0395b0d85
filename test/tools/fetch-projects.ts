/** One small project for each framework that passes standard requests, built as for production. */
export interface FetchProject {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** Words for Node, in the folder of the project. */
  readonly build: readonly string[]
  readonly start: readonly string[]
  /** What it prints when it serves. */
  readonly serving: RegExp
}

/** What all of them serve: reads and writes by one handler each, and a store that can be away. */
const SHOP = `
import { App, BackendStore, MemoryBackend, Param, Session, SessionStoreError, sessions } from 'ingot'

class Backend extends MemoryBackend {
  isAway = false

  async replace(...given) {
    if (this.isAway) throw new SessionStoreError('the database is away')
    return super.replace(...given)
  }
}

const backend = new Backend()
const app = new App({ routes: [], components: [sessions(new BackendStore(backend))], onError: () => {} })

export const read = app.handler([Session], (session) => ({ n: session.get('n') ?? 0 }))

export const write = app.handler([Session, Param('what')], async (session, what) => {
  if (what === 'count') return { n: await session.update('n', (n = 0) => n + 1) }
  if (what === 'logout') session.destroy()
  else backend.isAway = what === 'away'
})
`

const manifest = JSON.stringify({ private: true, type: 'module' })

export const projects: readonly FetchProject[] = [
  {
    name: 'Next',
    files: {
      'package.json': manifest,
      'shop.js': SHOP,
      'next.config.js': `
export default {
  serverExternalPackages: ['ingot'],
  turbopack: { root: new URL('..', import.meta.url).pathname },
}
`,
      'app/layout.js': `
export default function Layout({ children }) {
  return <html><body>{children}</body></html>
}
`,
      'app/[what]/route.js': `
import { cookies } from 'next/headers'
import { read, write } from '../../shop.js'

export const GET = read
export async function POST(request, context) {
  ;(await cookies()).set('theme', 'dark')
  return write(request, context)
}
`,
    },
    build: ['../node_modules/next/dist/bin/next', 'build'],
    start: ['../node_modules/next/dist/bin/next', 'start'],
    serving: /Ready in/,
  },
  {
    name: 'SvelteKit',
    files: {
      'package.json': manifest,
      'src/shop.js': SHOP,
      'vite.config.js': `
import { sveltekit } from '@sveltejs/kit/vite'
import adapter from '@sveltejs/adapter-node'

export default { plugins: [sveltekit({ adapter: adapter() })] }
`,
      'src/app.html': '<!doctype html><head>%sveltekit.head%</head><body>%sveltekit.body%</body>',
      'src/routes/[what]/+server.js': `
import { read, write } from '../../shop.js'

export const GET = read
export function POST(event) {
  event.cookies.set('theme', 'dark', { path: '/' })
  return write(event)
}
`,
    },
    build: ['../node_modules/vite/bin/vite.js', 'build'],
    start: ['build/index.js'],
    serving: /Listening on/,
  },
  {
    name: 'Astro',
    files: {
      'package.json': manifest,
      'src/shop.js': SHOP,
      'astro.config.mjs': `
import node from '@astrojs/node'

export default { output: 'server', adapter: node({ mode: 'standalone' }) }
`,
      'src/pages/[what].js': `
import { read, write } from '../shop.js'

export const GET = read
export function POST(context) {
  context.cookies.set('theme', 'dark')
  return write(context)
}
`,
    },
    build: ['../node_modules/astro/bin/astro.mjs', 'build'],
    start: ['dist/server/entry.mjs'],
    serving: /listening on/,
  },
  {
    name: 'React Router',
    files: {
      'package.json': JSON.stringify({
        type: 'module',
        dependencies: { '@react-router/node': '*', isbot: '*' },
      }),
      'app/shop.js': SHOP,
      'vite.config.js': `
import { reactRouter } from '@react-router/dev/vite'

export default { plugins: [reactRouter()] }
`,
      'app/root.jsx': `
import { Outlet } from 'react-router'

export default function Root() {
  return <html><body><Outlet /></body></html>
}
`,
      'app/routes.js': `
import { route } from '@react-router/dev/routes'

export default [route(':what', 'what.js')]
`,
      'app/what.js': `
import { read, write } from './shop.js'

export const loader = read
export async function action(given) {
  const response = await write(given)
  response.headers.append('set-cookie', 'theme=dark')
  return response
}
`,
    },
    build: ['../node_modules/@react-router/dev/bin.js', 'build'],
    start: ['../node_modules/@react-router/serve/bin.js', 'build/server/index.js'],
    serving: /http:/,
  },
]
