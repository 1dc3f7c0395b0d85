import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test } from 'vitest'
import * as decorators from './decorators.js'
import * as functions from './functions.js'

test.each([
  ['decorators', decorators.app],
  ['functions', functions.app],
])('the app with %s remembers each visitor by name', async (_, app) => {
  // #region test
  const [ada, bob] = [testClient(app), testClient(app)]

  const response = await ada.post('/set-username/ada')
  expect(await response.text()).toBe('Hello, ada!')

  expect(await (await ada.get('/get-username')).text()).toBe('ada')
  expect(await (await bob.get('/get-username')).text()).toBe('Who are you?')
  expect([ada.cookies.size, bob.cookies.size]).toEqual([1, 0])
  // #endregion
})

test('the program listens, and says where', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const program = spawn(process.execPath, ['--import', '@oxc-node/core/register', main], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  const [line] = (await once(program.stdout, 'data')) as [Buffer]
  const address = /^Listening at (http:\/\/localhost:\d+)\n$/.exec(line.toString())?.[1]
  const response = await fetch(`${address}/get-username`)
  expect(await response.text()).toBe('Who are you?')
})
