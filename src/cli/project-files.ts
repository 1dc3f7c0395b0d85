/** The files of a new project by path. */
export function projectFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(manifest(name, version), null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(TSCONFIG, null, 2)}\n`,
    '.gitignore': 'node_modules/\n',
    'README.md': readme(name),
    'src/app.ts': APP,
    'src/visits.ts': VISITS,
    'src/main.ts': MAIN,
    'test/app.test.ts': TEST,
  }
}

function manifest(name: string, version: string): object {
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: {
      start: 'node --import ingot/register src/main.ts',
      dev: 'node --watch --import ingot/register src/main.ts',
      test: 'node --import ingot/register --test test/app.test.ts',
      typecheck: 'tsc',
    },
    dependencies: {
      '@oxc-project/runtime': '^0.158.0',
      ingot: `^${version}`,
      'oxc-parser': '^0.159.0',
      'oxc-transform': '^0.158.0',
    },
    devDependencies: { '@types/node': '^20.19.43', typescript: '^7.0.2' },
    engines: { node: '>=20.19' },
  }
}

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2023'],
    types: ['node'],
    strict: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src', 'test'],
}

function readme(name: string): string {
  return `# ${name}

\`\`\`sh
npm install
npm start    # http://localhost:3000, or at PORT: a number, or the file of a socket
npm test
npm run typecheck
\`\`\`

Handlers are plain functions in [src/app.ts](src/app.ts): the types of their parameters say what they are given.
Set \`SESSION_SECRET\` (32 characters or more) where the visitors' cookies have to outlive the process,
or where several processes serve them (\`pm2 -i 2\`).
`
}

const APP = `import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { App, CookieStore, route, scoped, Session, sessions } from 'ingot'
import { Visits } from './visits.js'

// Injected by their types: the visitor's session, and a parameter of the path by its name.
function setUsername(session: Session, username: string) {
  session.set('username', username)
  return \`Hello, \${username}!\`
}

function home(session: Session, visits: Visits) {
  return { username: session.get('username') ?? null, visits: visits.count() }
}

// Sessions end with the process that made a secret, and its neighbours cannot read them.
if (!process.env['SESSION_SECRET'] && cluster.isWorker)
  console.warn('SESSION_SECRET is not set: each worker makes its own, and refuses the sessions of the others.')
const secret = process.env['SESSION_SECRET'] || randomBytes(32).toString('hex')

// Pages of other websites cannot send what changes something. Let a partner's in with
// \`crossOrigin: { trustedOrigins: ['https://partner.example'] }\`.
export const app = new App({
  components: [
    sessions(new CookieStore({ secret })),
    scoped(Visits, (session: Session) => new Visits(session)),
  ],
  routes: [route.get('/', home), route.post('/username/:username', setUsername)],
})
`

const VISITS = `import type { Session } from 'ingot'

/** Counts how often a visitor came. */
export class Visits {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  count(): number {
    const visits = Number(this.#session.get('visits') ?? 0) + 1
    this.#session.set('visits', visits)
    return visits
  }
}
`

const MAIN = `import { app } from './app.js'

// A number, or the file of a socket or a named pipe, as some hosts give it.
const place = process.env['PORT'] || '3000'
const where = /^\\d+$/.test(place) ? { port: Number(place) } : { path: place }
const server = await app.listen(where)
console.log(\`Listening at \${server.url}\`)
`

const TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testClient } from 'ingot/testing'
import { app } from '../src/app.js'

test('each visitor is greeted by name, and counted', async () => {
  const [ada, bob] = [testClient(app), testClient(app)]

  const greeting = await ada.post('/username/ada')
  assert.equal(await greeting.text(), 'Hello, ada!')

  assert.deepEqual(await (await ada.get('/')).json(), { username: 'ada', visits: 1 })
  assert.deepEqual(await (await ada.get('/')).json(), { username: 'ada', visits: 2 })
  assert.deepEqual(await (await bob.get('/')).json(), { username: null, visits: 1 })
})

test('a page of another website cannot log a visitor in', async () => {
  const visitor = testClient(app)
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const refused = await visitor.post('/username/mallory', undefined, { headers })
  assert.equal(refused.status, 403)
  assert.deepEqual(await (await visitor.get('/')).json(), { username: null, visits: 1 })
})
`
