// npm run docs
//
// Makes the reference from the docstrings, then the site in .vitepress/dist; ends with 1 on any
// warning. With --dev it serves the pages and follows their changes instead.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const isDevelopment = process.argv.includes('--dev')

rmSync(new URL('reference', import.meta.url), { recursive: true, force: true })
await run('typedoc', [])
await run('vitepress', [isDevelopment ? 'dev' : 'build', '.'])

/** Runs a program of this package and shows what it says. */
async function run(program, args) {
  const child = spawn('npx', ['--no', program, ...args], {
    cwd: folder,
    stdio: ['inherit', 'pipe', 'pipe'],
  })
  let output = ''
  for (const [stream, own] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      own.write(text)
    })
  }
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) process.exit(1)
  if (!isDevelopment && /warn(?:ing)?\b/i.test(output)) {
    process.stderr.write(`${program} warned: see above.\n`)
    process.exit(1)
  }
}
