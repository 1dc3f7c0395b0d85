import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { otherNodes } from '../transform/written-by.js'
import { Consumer } from '../package/consumer.js'

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
]
const projects = ['memory', 'cookie', 'redis'].flatMap((store) =>
  ['functions', 'decorators'].map((style) => [store, style] as const),
)
const nodes = [process.execPath, ...otherNodes()]
let consumer: Consumer

beforeAll(async () => {
  const here = ['oxc-parser', 'oxc-transform', '@oxc-project/runtime', 'ioredis']
  consumer = await Consumer.create(here)
  for (const [store, style] of projects) {
    const choices = ['new', `${store}-${style}`, '--store', store, '--style', style]
    await consumer.execute(process.execPath, ['node_modules/ingot/dist/cli/index.js', ...choices])
  }
  // Beside the projects and not in the folder with the links, which npm would replace.
  consumer.write('tools/package.json', '{ "private": true }')
  await consumer.execute('npm', ['install', '--no-audit', '--no-fund', ...TOOLS], 'tools')
  consumer.linkAll('tools/node_modules')
})
afterAll(() => consumer.remove())

describe.each(projects)('a new project with --store %s --style %s', (store, style) => {
  const project = `${store}-${style}`
  const runs = (path: string, ...words: string[]) =>
    consumer
      .execute(process.execPath, [`../node_modules/${path}`, ...words], project)
      .catch((error: unknown) => {
        const { stdout, stderr } = error as { stdout: string; stderr: string }
        return `failed: ${stdout}${stderr}`
      })

  test('has nothing to tell for oxlint, with types [D4]', async () => {
    const told = await runs('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.')
    expect(told).toContain('Found 0 warnings and 0 errors.')
  })

  test('has nothing to tell or to format for Biome [D4]', async () => {
    const told = await runs('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')
    expect(told).toMatch(/^Checked \d+ files in .*No fixes applied\.\s*$/)
  })

  test('has nothing to tell for ESLint with types [D4]', async () => {
    expect(await runs('eslint/bin/eslint.js', '--max-warnings', '0', '.')).toBe('')
  })

  test.each(['ts54', 'typescript', 'ts7'])('compiles with %s [D4]', async (name) => {
    expect(await runs(`${name}/bin/tsc`)).toBe('')
  })

  test.each(nodes)('passes its tests and starts, with %s [D4]', async (node) => {
    const register = ['--import', 'ingot/register']
    const tested = await consumer.execute(
      node,
      [...register, '--test', 'test/app.test.ts'],
      project,
    )
    expect(tested).toMatch(/[#ℹ] pass 2\n[#ℹ] fail 0/)
    const program = consumer.start([...register, 'src/main.ts'], project, { PORT: '0' }, node)
    onTestFinished(() => void program.kill('SIGKILL'))
    const [line] = (await once(program.stdout!, 'data')) as [Buffer]
    expect(line.toString()).toMatch(/^Listening at http:\/\/\S+\n$/)
    program.kill('SIGTERM')
    expect(await once(program, 'exit')).toEqual([0, null])
  })
})
