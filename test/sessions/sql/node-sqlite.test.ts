import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connectSqlite } from 'ingot/sql'
import { expect, onTestFinished, test } from 'vitest'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const hasSqlite = major > 22 || (major === 22 && minor >= 13)
const others = (process.env['INGOT_NODES'] ?? '').split(delimiter).filter(Boolean)
const nodes = hasSqlite ? [process.execPath, ...others] : others

test.runIf(nodes.length > 0)('the kits pass with node:sqlite, where Node has it', async () => {
  const program = fileURLToPath(new URL('sqlite-kit.ts', import.meta.url))
  for (const [index, node] of nodes.entries()) {
    const folder = mkdtempSync(join(tmpdir(), 'ingot-node-sqlite-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, `sessions-${index}.db`)
    const args = ['--import', '@oxc-node/core/register', program, file, 'node:sqlite']
    const { stdout } = await promisify(execFile)(node, args)
    expect(stdout, node).toBe('all cases were run\n')
  }
})

test.skipIf(hasSqlite)('where Node has no SQLite, it says what to do', async () => {
  await expect(connectSqlite('a.db', { driver: 'node:sqlite' })).rejects.toThrow(
    new TypeError(
      `Node ${process.versions.node} has no node:sqlite. Use Node 22.13 or later, or run npm install better-sqlite3.`,
    ),
  )
})
