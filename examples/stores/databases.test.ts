import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test } from 'vitest'
import { withSqlite } from './databases.js'

test('a session in a file is there for the next process, and a logout ends it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-example-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'sessions.db')
  const first = withSqlite(path)
  const visitor = testClient(first)
  await visitor.post('/')
  await first.close()
  await using second = withSqlite(path)
  const again = testClient(second)
  for (const { name, value } of visitor.cookies) again.cookies.set(name, value)
  await again.post('/')
  expect(await again.json('/')).toEqual({ count: 2 })
  await again.post('/logout')
  expect(await again.json('/')).toEqual({})
})
