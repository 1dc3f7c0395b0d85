import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { otherNodes } from '../transform/written-by.js'
import { Consumer } from '../package/consumer.js'

const APP = `import { App, Controller, Get, MemoryStore, Query, Session, sessions } from 'ingot'

@Controller()
class Home {
  @Get('/') home(session: Session, @Query('n') n: number) {
    const visits = Number(session.get('visits') ?? 0) + n
    session.set('visits', visits)
    return { visits }
  }
}
export const createApp = () => new App({ components: [sessions(new MemoryStore())], routes: [Home] })
`
const TEST = `import { testClient } from 'ingot/testing'
import { createApp } from './app'

test('counts', async () => {
  const client = testClient(createApp())
  expect(await client.json('/?n=2')).toEqual({ visits: 2 })
  expect(await client.json('/?n=3')).toEqual({ visits: 5 })
})
`

interface JestConfig {
  readonly transform: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>>
}
const SWC = JSON.parse(readFileSync('examples/jest/jest.config.json', 'utf8')) as JestConfig
const swcOptions = SWC.transform['\\.ts$']![1]
const toCommonJs = ['@swc/jest', { ...swcOptions, module: { type: 'commonjs' } }]
const tsOptions = {
  module: 'ESNext',
  moduleResolution: 'bundler',
  target: 'ES2022',
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  types: ['jest'],
}
const CONFIGURATIONS = {
  'ESM, by @swc/jest': SWC,
  'ESM, by ts-jest': {
    ...SWC,
    transform: { '\\.ts$': ['ts-jest', { useESM: true, tsconfig: tsOptions }] },
  },
  'CommonJS, with Ingot compiled as well': {
    testEnvironment: 'node',
    transform: { '\\.m?[tj]s$': toCommonJs },
    transformIgnorePatterns: ['/node_modules/(?!(ingot|srvx|rou3|cookie|multipasta)/)'],
  },
}
const nodes = [process.execPath, ...otherNodes()]

describe('Jest 30', () => {
  let consumer: Consumer

  beforeAll(async () => {
    consumer = await Consumer.create()
    consumer.write('tools/package.json', '{ "private": true }')
    const tools = [
      'jest@30',
      '@swc/jest',
      '@swc/core',
      'ts-jest@29',
      'typescript@5.9',
      '@types/jest',
    ]
    await consumer.execute('npm', ['install', '--no-audit', '--no-fund', ...tools], 'tools')
    consumer.linkAll('tools/node_modules')
    consumer.write('app.ts', APP)
    consumer.write('app.test.ts', TEST)
  })
  afterAll(() => consumer.remove())

  const runs = Object.entries(CONFIGURATIONS).flatMap(([name, configuration]) =>
    nodes.map((node) => [name, node, configuration] as const),
  )

  test.each(runs)('runs the tests of an application: %s, with %s [C9]', async (...run) => {
    const [, node, configuration] = run
    consumer.write('jest.config.json', JSON.stringify({ ...configuration, roots: ['<rootDir>'] }))
    const words = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'app.test.ts']
    const told = await consumer.execute(node, words)
    expect(told).toContain('Tests:       1 passed, 1 total')
  })

  test.each(nodes)(
    'a CommonJS test needs nothing more where Jest can require a module: %s [C9]',
    async (node) => {
      const [major] = (await consumer.execute(node, ['--version'])).slice(1).split('.').map(Number)
      const configuration = { testEnvironment: 'node', transform: { '\\.ts$': toCommonJs } }
      consumer.write('jest.config.json', JSON.stringify(configuration))
      const words = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'app.test.ts']
      const told = await consumer.execute(node, words).catch(String)
      expect(told).toContain(
        major! >= 24 ? 'Tests:       1 passed, 1 total' : 'Must use import to load ES Module',
      )
    },
  )
})
