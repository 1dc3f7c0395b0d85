import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { withExpressStore, withFiles } from './adapters.js'

/** What the application warns of; it is not printed. */
function warnings() {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  return warn
}

test('a store for express-session keeps sessions, and what it cannot promise is said at start-up', async () => {
  const warn = warnings()
  const client = testClient(withExpressStore())
  await client.withSession({ count: 5 })
  await Promise.all(Array.from({ length: 10 }, () => client.post('/')))
  expect(await client.session()).toEqual({ count: 15 })
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining('cannot promise everything'),
    'SessionWarning',
  )
})

test('a driver of unstorage keeps sessions in files', async () => {
  warnings()
  const folder = mkdtempSync(join(tmpdir(), 'ingot-example-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const { app, sweep } = withFiles(folder)
  const client = testClient(app)
  await client.post('/')
  expect(await client.json('/')).toEqual({ count: 1 })
  expect(readdirSync(join(folder, 'sessions'))).toHaveLength(1)
  expect(await sweep()).toBe(0)
})
