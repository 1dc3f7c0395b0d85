import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const run = promisify(execFile)

test('processes that begin with one start-up snapshot seal with nonces of their own [S16]', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-snapshot-'))
  try {
    const program = join(folder, 'program.cjs')
    const blob = join(folder, 'snapshot.blob')
    await build({
      entryPoints: [fileURLToPath(new URL('snapshot-program.ts', import.meta.url))],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    })
    const node = process.execPath
    await run(node, ['--snapshot-blob', blob, '--build-snapshot', program])
    const cookies = await Promise.all(
      [1, 2, 3].map(async () => (await run(node, ['--snapshot-blob', blob])).stdout),
    )
    // The nonce follows the kind and the id of the key: 16 characters of base64url.
    const nonces = cookies.map((cookie) => /^__Host-session=e[\w-]{6}([\w-]{16})/.exec(cookie)?.[1])
    expect(nonces).not.toContain(undefined)
    expect(new Set(nonces).size).toBe(3)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
