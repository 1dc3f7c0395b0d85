import { CONFIGURATIONS, manifest, type ProjectChoices } from './project-settings.js'
import { STORE_FILES } from './project-stores.js'

/** The files of a new project by path. */
export function projectFiles(
  name: string,
  version: string,
  choices: ProjectChoices,
): Readonly<Record<string, string>> {
  return {
    'package.json': `${JSON.stringify(manifest(name, version, choices.store), null, 2)}\n`,
    ...CONFIGURATIONS,
    '.gitignore': `node_modules/\n.env\n${STORE_FILES[choices.store].ignored}`,
    '.env': STORE_FILES[choices.store].environment(),
    'README.md': readme(name, choices),
    'src/app.ts': choices.style === 'functions' ? functionsApp(choices) : decoratorsApp(choices),
    'src/visits.ts': VISITS,
    'src/main.ts': MAIN,
    'test/app.test.ts': TEST,
  }
}

function readme(name: string, { store, style }: ProjectChoices): string {
  const handlers =
    style === 'functions'
      ? 'Handlers are plain functions in [src/app.ts](src/app.ts): the types of their parameters say what they are given.'
      : 'Handlers are methods in [src/app.ts](src/app.ts): the types of their parameters say what they are given.'
  return `# ${name}

\`\`\`sh
npm install
npm run dev  # http://localhost:3000, or at PORT: a number, or the file of a socket
npm test
npm run build
npx ingot explain src/app.ts
\`\`\`

${handlers}
${STORE_FILES[store].note}

\`npm run dev\` starts again when a file changes, and prints the address of a page beside it: requests, sessions, and why something went wrong.

In production set \`NODE_ENV=production\` and the variables of \`.env\`, and run \`npm start\`.
`
}

function head(names: readonly string[], { store }: ProjectChoices): string {
  const { imported, more } = STORE_FILES[store]
  const all = [...names, ...(imported ? [imported] : [])].toSorted(byName)
  const crypto = store === 'cookie' ? CRYPTO : ''
  return `${crypto}import {\n${all.map((name) => `  ${name},\n`).join('')}} from 'ingot'\n${more}import { Visits } from './visits.js'\n`
}

/** The order in which Biome sorts names: letter by letter, the capital before the small one. */
function byName(one: string, other: string): number {
  const key = (name: string): string =>
    name.replace('type ', '').replaceAll(/./g, (letter) => {
      return letter.toLowerCase() + (letter === letter.toLowerCase() ? '1' : '0')
    })
  return key(one) < key(other) ? -1 : 1
}

const CRYPTO = "import cluster from 'node:cluster'\nimport { randomBytes } from 'node:crypto'\n"

function tail(provided: string, routes: string, { store }: ProjectChoices): string {
  const random =
    store === 'cookie'
      ? `
// For tests, which run without .env: the cookies of one process are worthless to the next.
function randomSecret() {
  if (cluster.isWorker)
    console.warn(
      'SESSION_SECRET is not set: each worker makes its own, and refuses the sessions of the others.',
    )
  return randomBytes(32).toString('hex')
}
`
      : ''
  return `
/**
 * The application, with any store: tests give it one of their own. Pages of other websites cannot send what
 * changes something. Let a partner's in with \`crossOrigin: { trustedOrigins: ['https://partner.example'] }\`.
 */
export function createApp(store: SessionStore, ...components: Component[]) {
  return new App({
    components: [
      sessions(store),
      ${provided},
      ...components,
    ],
    routes: [${routes}],
  })
}

// While developing, browsers keep the cookie over plain http, too; in production it is Secure.
const secure = process.env.NODE_ENV === 'production' || 'auto'

export const app = ${STORE_FILES[store].made}
${random}`
}

const COMMON = ['App', 'type Component', 'redirect', 'Session', 'sessions', 'type SessionStore']

function functionsApp(choices: ProjectChoices): string {
  return `${head([...COMMON, 'route', 'scoped'], choices)}
// Injected by their types: the visitor's session, and the form that was sent.
function setUsername(session: Session, form: FormData) {
  const username = form.get('username')
  session.set('username', typeof username === 'string' ? username : '')
  return redirect('/')
}

function home(session: Session, visits: Visits) {
  return { username: session.get('username') ?? null, visits: visits.count() }
}
${tail('scoped(Visits, (session: Session) => new Visits(session))', "route.get('/', home), route.post('/username', setUsername)", choices)}`
}

function decoratorsApp(choices: ProjectChoices): string {
  return `${head([...COMMON, 'Controller', 'Get', 'Post', 'scoped'], choices)}
@Controller()
export class HomePage {
  // Injected by their types: the visitor's session, and the form that was sent.
  @Post('/username')
  setUsername(session: Session, form: FormData) {
    const username = form.get('username')
    session.set('username', typeof username === 'string' ? username : '')
    return redirect('/')
  }

  @Get('/')
  home(session: Session, visits: Visits) {
    return { username: session.get('username') ?? null, visits: visits.count() }
  }
}
${tail('scoped(Visits, [Session], (session: Session) => new Visits(session))', 'HomePage', choices)}`
}

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
const place = process.env.PORT || '3000'
const where = /^\\d+$/.test(place) ? { port: Number(place) } : { path: place }
// A container's process 1 gets no default for SIGTERM: without closeOn it would be killed.
const server = await app.listen({ ...where, closeOn: ['SIGTERM', 'SIGINT'] })
console.log(\`Listening at \${server.url}\`)
`

const TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryStore } from 'ingot'
import { testClient } from 'ingot/testing'
import { createApp } from '../src/app.js'

await test('each visitor is greeted by name, and counted', async () => {
  await using app = createApp(new MemoryStore())
  const [ada, bob] = [testClient(app), testClient(app)]

  const form = { username: 'Ada' }
  const page = await ada.post('/username', { form }, { follow: true })
  assert.deepEqual(await page.json(), { username: 'Ada', visits: 1 })

  assert.deepEqual(await ada.json('/'), { username: 'Ada', visits: 2 })
  assert.deepEqual(await bob.json('/'), { username: null, visits: 1 })
})

await test('a page of another website cannot log a visitor in', async () => {
  await using app = createApp(new MemoryStore())
  const visitor = testClient(app)
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  const refused = await visitor.post('/username', { form: { username: 'Mallory' } }, { headers })
  assert.equal(refused.status, 403)
  assert.deepEqual(await visitor.json('/'), { username: null, visits: 1 })
})
`
