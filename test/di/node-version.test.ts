import { expect, onTestFinished, test, vi } from 'vitest'

/** Loads the module where it, and nothing else of this process, sees that as `process`. */
function loadedWhere(given: unknown): Promise<unknown> {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'process')!
  const { process } = globalThis
  const get = () => (/src\/di\/node-version/.test(new Error().stack!) ? given : process)
  Object.defineProperty(globalThis, 'process', { get, configurable: true })
  onTestFinished(() => {
    Object.defineProperty(globalThis, 'process', own)
    vi.resetModules()
  })
  return import('../../src/di/node-version.js')
}

test.each([[undefined], [{ versions: {} }]])(
  'a runtime whose process is %j is not taken for an old Node',
  async (process) => {
    await expect(loadedWhere(process)).resolves.toBeDefined()
  },
)

test('an old Node is told which one is needed, without a stack [D10]', async () => {
  const message =
    'Ingot needs Node 20.19 or newer, and this is 20.18.3. Install one from https://nodejs.org.'
  await expect(loadedWhere({ versions: { node: '20.18.3' } })).rejects.toMatchObject({
    message,
    stack: `Error: ${message}`,
  })
})
