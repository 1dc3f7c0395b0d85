import { expect, test } from 'vitest'
import { compile } from '../../src/register/compile.js'

/** What is wrong with a file, as whoever started the program reads it. */
function complaintAbout(text: string): string {
  try {
    compile(text, '/app/pages.ts')
  } catch (error) {
    return String(error)
  }
  throw new Error('the file was compiled')
}

test('a mistake of syntax is shown in the line as it is written', () => {
  expect(complaintAbout(`export const show = (url: URL) => {\n  return 1 +* 2\n}\n`)).toBe(
    `SyntaxError: /app/pages.ts: 
  x Unexpected token
   ,-[/app/pages.ts:2:13]
 1 | export const show = (url: URL) => {
 2 |   return 1 +* 2
   :             ^
 3 | }
   \`----
`,
  )
})

test('so is a mistake that is found when the file is compiled, after the types were emitted', () => {
  const text = `import { Session } from 'ingot'
export const show = (session: Session) => { const one = 1; const one = 2 }
`
  expect(complaintAbout(text)).toBe(
    `SyntaxError: /app/pages.ts: 
  x Identifier \`one\` has already been declared
   ,-[/app/pages.ts:2:51]
 1 | import { Session } from 'ingot'
 2 | export const show = (session: Session) => { const one = 1; const one = 2 }
   :                                                   ^|^            ^|^
   :                                                    |              \`-- It can not be redeclared here
   :                                                    \`-- \`one\` has already been declared here
   \`----
`,
  )
})

test('so is what the compiler does not compile', () => {
  expect(complaintAbout(`namespace Pages { export let show = (url: URL) => 1 }`)).toContain(
    ` 1 | namespace Pages { export let show = (url: URL) => 1 }\n`,
  )
})

test('a file without imports is a module as well', () => {
  expect(compile('for await (const one of [1]) console.log(one)', '/app/main.ts')).toContain(
    'for await (const one of [1]) console.log(one);',
  )
})
