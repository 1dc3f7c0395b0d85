import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { FormParts, route } from '../../../src/http/index.js'
import { findProgram } from '../../support/installed-program.js'
import { open } from '../response/ways.js'
import { recordings } from './recordings.js'

const NAME = 'ü "q" \\ ;.txt'

/** A server that keeps the entries of each form that it gets, and a folder with two files. */
async function receiving() {
  const received: unknown[] = []
  const { url } = await open('listen', {
    routes: [
      route.post('/', [FormParts], async (parts) => {
        for await (const part of parts) {
          const file = part.filename === undefined ? undefined : await part.file()
          const text = file ? await file.text() : await part.text()
          received.push([part.name, file ? [file.name, file.type, text] : text])
        }
      }),
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'ingot-forms-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, NAME), 'line\r\n--x\n\0')
  writeFileSync(join(folder, 'a.bin'), Buffer.from([0, 255, 13, 10, 45, 45]))
  const run = async (program: string, args: readonly string[], input = ''): Promise<void> => {
    const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'ignore', 'inherit'] })
    child.stdin.end(input)
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(0)
  }
  return { url, received, run }
}

// Where it is not installed, recordings.ts has what it sends; multipart.test.ts reads that everywhere.
const curl = findProgram('curl')

test.skipIf(curl === undefined)(
  'a form of the installed curl is read as the recorded one [B7]',
  async () => {
    const { url, received, run } = await receiving()
    const quoted = NAME.replaceAll(/["\\]/g, '\\$&')
    const form = [
      'näme "q"=größe',
      `file=@"${quoted}"`,
      'bin=@a.bin',
      'typed={"a":1};type=application/json',
      'text=<-',
      'b=@a.bin;filename=x.bin;encoder=binary',
    ]
    await run(curl!, ['-sf', url, ...form.flatMap((each) => ['-F', each])], 'from stdin')
    expect(received).toEqual(recordings['curl 7.88']!.entries)
    received.length = 0
    // Curl before 7.81 does so without being asked.
    const escaped = ['-F', 'a"b=1', '-F', 'file=@a.bin;filename="q\\"x\\".bin"']
    await run(curl!, ['-sf', url, '--form-escape', ...escaped])
    expect(received).toEqual(recordings['curl 7.88, --form-escape']!.entries)
  },
)
