import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PROJECT_STORES } from '../../src/cli/project-stores.js'
import { Consumer } from '../package/consumer.js'
import { startMariadb } from '../support/mariadb-server.js'
import { startPostgres } from '../support/postgres-server.js'
import { startRedis } from '../support/redis-server.js'

/** npm has each version of Node for each machine. */
const node = (major: number) => `node${major}@npm:node-${process.platform}-${process.arch}@${major}`
/** What people have beside a project, and this repository has not. */
const TOOLS = [
  '@biomejs/biome@2',
  'eslint@10',
  'typescript-eslint@8',
  'typescript@5.9',
  'ts54@npm:typescript@5.4',
  'ts7@npm:typescript@7',
  'oxlint@1',
  'oxlint-tsgolint@7',
  '@types/node@20',
  ...[20, 22, 24, 26].map(node),
]
const QUIETLY = ['--prefer-offline', '--no-audit', '--no-fund']
const DRIVERS = ['ioredis', 'pg', 'mysql2', 'libsql']
const projects = PROJECT_STORES.flatMap((store) =>
  ['functions', 'decorators'].map((style) => [`${store}-${style}`, store, style] as const),
)
/** Each project on two versions of Node, and each store on all four. */
const runs = projects.flatMap(([project, store, style]) =>
  (style === 'functions' ? [20, 24] : [22, 26]).map((major) => [project, major, store] as const),
)

let consumer: Consumer
const addresses: Record<string, string> = {}
const servers: AsyncDisposable[] = []

beforeAll(async () => {
  const here = ['oxc-parser', 'oxc-transform', '@oxc-project/runtime', ...DRIVERS]
  consumer = await Consumer.create(here)
  for (const [project, store, style] of projects) {
    const choices = ['new', project, '--store', store, '--style', style]
    await consumer.execute(process.execPath, ['node_modules/ingot/dist/cli/index.js', ...choices])
  }
  // Beside the projects and not in the folder with the links, which npm would replace.
  consumer.write('tools/package.json', '{ "private": true }')
  await consumer.execute('npm', ['install', ...QUIETLY, ...TOOLS], 'tools')
  consumer.linkAll('tools/node_modules')
  for (const [store, start] of Object.entries({
    redis: startRedis,
    postgres: startPostgres,
    mysql: startMariadb,
  })) {
    const server = await start()
    servers.push(server)
    addresses[store] = server.url
  }
}, 900_000)
afterAll(async () => {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  consumer.remove()
})

describe('all new projects, each store with each style', () => {
  const folders = projects.map(([project]) => project)
  const told = (path: string, ...words: string[]) =>
    consumer
      .execute(process.execPath, [`node_modules/${path}`, ...words])
      .catch((error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string }
        return `failed: ${stdout}${stderr}`
      })

  test('have nothing to tell for ESLint with types [D4]', async () => {
    expect(await told('eslint/bin/eslint.js', '--max-warnings', '0', ...folders)).toBe('')
  })

  test.each(['ts54', 'typescript', 'ts7'])('compile with %s [D4]', async (name) => {
    const include = folders.flatMap((folder) => [`${folder}/src`, `${folder}/test`])
    consumer.write(
      'all.json',
      JSON.stringify({ extends: `./${folders[0]}/tsconfig.json`, include }),
    )
    expect(await told(`${name}/bin/tsc`, '-p', 'all.json')).toBe('')
  })
})

describe.each(projects)('a new project %s', (project) => {
  const told = (path: string, ...words: string[]) =>
    consumer.execute(process.execPath, [`../node_modules/${path}`, ...words], project)

  test('has nothing to tell for oxlint, with types [D4]', async () => {
    expect(await told('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.')).toContain(
      'Found 0 warnings and 0 errors.',
    )
  })

  test('has nothing to tell or to format for Biome [D4]', async () => {
    expect(await told('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')).toMatch(
      /^Checked \d+ files in .*No fixes applied\.\s*$/,
    )
  })
})

test.each(runs)('%s passes its tests on Node %i, and keeps a session [D4]', async (...of) => {
  const [project, major, store] = of
  const program = join(consumer.folder, `node_modules/node${major}/bin/node`)
  expect(await consumer.execute(program, ['--version'])).toMatch(`v${major}.`)
  const { scripts } = manifestOf(project)
  const tested = await consumer.execute(program, wordsOf(scripts['test']), project)
  expect(tested).toMatch(/[#ℹ] pass 2\n[#ℹ] fail 0/)

  const address = addresses[store] ?? ''
  const environment = { PORT: '0', REDIS_URL: address, DATABASE_URL: address }
  const child = consumer.start(wordsOf(scripts['start']), project, environment, program)
  onTestFinished(() => void child.kill('SIGKILL'))
  let warned = ''
  child.stderr!.on('data', (text: Buffer) => (warned += text.toString()))
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const url = /^Listening at (http:\/\/\S+)\n$/.exec(line.toString())?.[1] ?? ''
  const body = new URLSearchParams({ username: 'Ada' })
  const named = await fetch(`${url}/username`, { method: 'POST', body, redirect: 'manual' })
  const [cookie = ''] = named.headers.getSetCookie()
  const greeted = await fetch(url, { headers: { cookie: cookie.split(';')[0]! } })
  expect(await greeted.json()).toEqual({ username: 'Ada', visits: 1 })
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  // That the cookie has no Secure while developing is told, once, and nothing else.
  expect(warned).toMatch(
    /^\(node:\d+\) SessionWarning: secure: 'auto' [^\n]+\n\(Use `node [^\n]+\n$/,
  )
})

test('what its files say to type is enough: to install, to test, to build, and for ESLint [D4]', async () => {
  const ingot = ['node_modules/ingot/dist/cli/index.js', 'new', 'installed/my-app']
  await consumer.execute(process.execPath, ingot)
  await consumer.tarball('installed/ingot.tgz')
  const text = (name: string) =>
    readFileSync(join(consumer.folder, 'installed/my-app', name), 'utf8')
  const fromTarball = text('package.json').replace(/"ingot": "[^"]*"/, '"ingot": "../ingot.tgz"')
  consumer.write('installed/my-app/package.json', fromTarball)
  const npm = (...words: string[]) => consumer.execute('npm', words, 'installed/my-app')

  const [, addition = ''] = /: npm (install -D eslint .*)\n/.exec(text('eslint.config.js')) ?? []
  await npm('install', ...QUIETLY)
  expect(await npm('run', '--silent', 'build')).toBe('')
  await npm(...addition.split(' '), ...QUIETLY)
  expect(await npm('test')).toMatch(/# pass 2\n# fail 0/)
  expect(await npm('run', '--silent', 'build')).toBe('')
  expect(await npm('exec', '--', 'eslint', '--max-warnings', '0', '.')).toBe('')
})

function manifestOf(project: string): { readonly scripts: Readonly<Record<string, string>> } {
  const text = readFileSync(join(consumer.folder, project, 'package.json'), 'utf8')
  return JSON.parse(text) as { scripts: Record<string, string> }
}

/** What a script of package.json gives to `node`. */
function wordsOf(script = ''): string[] {
  const [program, ...words] = script.split(' ')
  expect(program).toBe('node')
  return words
}
