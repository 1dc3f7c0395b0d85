import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url))
const ingot = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
const loader = fileURLToPath(import.meta.resolve('@oxc-node/core/register'))

/** What `ingot explain` says of a module that opens a server of its own, and its exit code. */
async function explained(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const server = "import { createServer } from 'node:http'\ncreateServer().listen(0)\n"
  writeFileSync(join(folder, 'main.js'), server + text)
  const args = ['--import', loader, program, 'explain', 'main.js']
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder }, (_, printed, complaints) => {
      resolve({ code: child.exitCode, printed, complaints })
    })
    onTestFinished(() => void child.kill())
  })
}

test('a command ends although the module listens, with all that it has to say', async () => {
  const app = `import { App, route } from '${ingot}'
    export const app = new App({ routes: [route.get('/', [], function home() {})] })`
  expect(await explained(app)).toMatchObject({ code: 0, printed: expect.stringContaining('home') })
  expect(await explained('')).toMatchObject({
    code: 1,
    complaints: expect.stringMatching(/^main\.js exports no App/),
  })
})
