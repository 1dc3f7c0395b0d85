import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { ingot } from '../../src/bundlers/esbuild.js'
import { fixtures } from './fixtures.js'
import { Program } from './written-by.js'

const source = `import { Session } from './session.js'
const mark = (...of: unknown[]): any => {}
const around = (method: Function, _: unknown) => function (...all: unknown[]) { return method(...all) }
@mark export class Pages {
  @mark show(session: Session, id: number) {}
  @around wrapped(session: Session) {}
}
const notes = (globalThis as any)[Symbol.for('ingot.parameters')]
const names = (list: any) => list?.().map(([name, , , type]: any) => name + ' ' + (type.call ? type().label : type))
console.log(JSON.stringify([names(notes.get(Pages.prototype.show)), names(notes.get(Pages.prototype).wrapped)]))
`

test('methods with the decorators of the language get their types emitted, also where a decorator replaces them', async () => {
  const program = new Program({ ...fixtures, 'main.ts': source }, 'main.ts')
  try {
    const outfile = `${program.folder}/standard.js`
    await build({
      entryPoints: [`${program.folder}/main.ts`],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      plugins: [ingot()],
      tsconfigRaw: { compilerOptions: { experimentalDecorators: false } },
    })
    expect(JSON.parse(await program.run(outfile))).toEqual([
      ['session Session', 'id number'],
      ['session Session'],
    ])
  } finally {
    program.remove()
  }
})
