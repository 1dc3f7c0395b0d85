import { describe, expect, onTestFinished, test } from 'vitest'
import { fixtures } from './fixtures.js'
import { otherNodes, Program } from './written-by.js'

/** Each place throws its number; emitted code stands before it, around it, and on its line. (A minifier takes `new` away.) */
const source = `import { Session, Store } from './session.js'
const keep = (...all: unknown[]) => all

export function declared(session: Session) { throw Error('0') }
export const arrow = (session: Session) => { throw Error('1') }
export const inline = keep((session: Session) => 1, (store: Store) => { throw Error('2') })[1]
export const pages = { show(session: Session) { throw Error('3') }, list: (store: Store) => { throw Error('4') } }
export class Pages {
  constructor(session: Session) { throw Error('5') }
  static show(session: Session | null) { throw Error('6') }
}
export default function (
  session: Session,
  store?: Store,
) {
  const inner = (again: Session) => { throw Error('7') }
  return inner(session)
}
`

const main = `import unnamed, { arrow, declared, inline, Pages, pages } from './stacks.js'
const calls = [declared, arrow, inline, pages.show, pages.list, (session) => new Pages(session), Pages.show, unnamed] as ((session: unknown) => unknown)[]
for (const call of calls) {
  try { call(undefined) } catch (error) {
    const frame = (error as Error).stack!.split('\\n')[1]!
    console.log((error as Error).message, frame.replace(/^.*[/(]([\\w.]+:\\d+:\\d+)\\)?$/, '$1'))
  }
}
`

const expected = Array.from({ length: 8 }, (_, number) => {
  const before = source.slice(0, source.indexOf(`Error('${number}')`)).split('\n')
  return `${number} stacks.ts:${before.length}:${before.at(-1)!.length + 1}`
})

describe('a stack trace names file, line and column as they are written', () => {
  test.each([process.execPath, ...otherNodes()])('under ingot/register, with %s', async (node) => {
    expect(await traced((program) => program.underRegister(node))).toEqual(expected)
  })

  test('bundled by Vite', async () => {
    expect(await traced((program) => program.bundledByVite())).toEqual(expected)
  })

  test('bundled and minified by Rolldown', async () => {
    expect(await traced((program) => program.bundledByRolldown({ minify: true }))).toEqual(expected)
  })

  test('bundled by esbuild', async () => {
    expect(await traced((program) => program.bundledByEsbuild())).toEqual(expected)
  })
})

async function traced(run: (program: Program) => Promise<string>): Promise<string[]> {
  const program = new Program({ ...fixtures, 'stacks.ts': source, 'main.ts': main }, 'main.ts')
  onTestFinished(() => program.remove())
  return (await run(program)).trim().split('\n')
}
