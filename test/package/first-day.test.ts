import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'

// Installing takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const execute = promisify(execFile)
const readme = readFileSync('README.md', 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'ingot-first-day-'))
const project = join(folder, 'my-app')

// What the README says, word for word: the tarball beside the project, its package.json, its program.
beforeAll(async () => {
  mkdirSync(join(folder, 'ingot'))
  const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination']
  execFileSync('npm', [...packing, join(folder, 'ingot')])
  for (const file of ['app.ts', 'package.json', 'tsconfig.json'])
    cpSync(join('examples/first', file), join(project, file))
  await execute('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: project })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the program of the README runs in a project of its own, and compiles there [D1]', async () => {
  const url = await start()
  const named = await fetch(`${url}/name/ada`, { method: 'POST' })
  expect(await named.text()).toBe('Hello, ada!\n')
  const [cookie = ''] = named.headers.getSetCookie()
  const greeted = await fetch(url, { headers: { cookie: cookie.split(';')[0]! } })
  expect(await greeted.text()).toBe('You are ada.\n')

  await execute('npx', ['tsc'], { cwd: project })
})

test('its mistake prints what the README shows [D1]', async () => {
  const program = readFileSync(join(project, 'app.ts'), 'utf8')
  const folder = join(project, 'mistake')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'app.ts'),
    program.replace('remember(session: Session', 'remember(session: Sesion'),
  )
  const run = execute(process.execPath, ['--import', 'ingot/register', 'app.ts'], {
    cwd: folder,
  })
  const { stderr } = (await run.catch((error: unknown) => error)) as { stderr: string }
  const shown = /the program does not start:\n\n```text\n([^]+?)```/.exec(readme)?.[1]
  expect(shown).toContain('Sesion')
  expect(stderr).toContain(shown)
})

async function start(): Promise<string> {
  const program = spawn('npm', ['start', '--silent'], {
    cwd: project,
    env: { ...process.env, PORT: '0' },
    detached: true,
  })
  onTestFinished(() => void process.kill(-program.pid!, 'SIGKILL'))
  const [line] = (await once(program.stdout, 'data')) as [Buffer]
  return /^Listening at (\S+)\n$/.exec(line.toString())![1]!
}
