import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createProject } from '../../src/cli/new-project.js'

test('a new project has twelve files or fewer, and depends on this version', () => {
  const folder = join(place(), 'my-app')
  const { files } = createProject(folder, '1.2.3')
  expect(files.length).toBeLessThanOrEqual(12)
  const written = readdirSync(folder, { recursive: true, withFileTypes: true })
  expect(written.filter((entry) => entry.isFile())).toHaveLength(files.length)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object
  expect(manifest).toMatchObject({ name: 'my-app', dependencies: { ingot: '^1.2.3' } })
})

test('an empty folder is accepted', () => {
  const folder = join(place(), 'my-app')
  mkdirSync(folder)
  expect(createProject(folder, '1.2.3').files).toContain('src/app.ts')
})

test('a folder with anything in it is left as it is', () => {
  const folder = join(place(), 'my-app')
  mkdirSync(folder)
  writeFileSync(join(folder, 'README.md'), 'mine')
  expect(() => createProject(folder, '1.2.3')).toThrow(
    `${folder} is there already, and not empty. Nothing was written.`,
  )
  expect(readdirSync(folder)).toEqual(['README.md'])
})

test('a file of that name is left as it is', () => {
  const path = join(place(), 'my-app')
  writeFileSync(path, 'mine')
  expect(() => createProject(path, '1.2.3')).toThrow(
    `${path} is there already, and no folder. Nothing was written.`,
  )
  expect(readFileSync(path, 'utf8')).toBe('mine')
})

test.each(['My App', '-x', '.hidden'])('a name that npm refuses is refused: %s', (name) => {
  const folder = place()
  expect(() => createProject(join(folder, name), '1.2.3')).toThrow(
    `'${name}' cannot name a package: use lower-case letters, digits, '-', '_' and '.', beginning with a letter or a digit.`,
  )
  expect(readdirSync(folder)).toEqual([])
})

test('each project has a secret of its own, which git does not get [D4]', () => {
  const secretOf = () => {
    const folder = join(place(), 'my-app')
    createProject(folder, '1.2.3', { store: 'cookie', style: 'functions' })
    expect(readFileSync(join(folder, '.gitignore'), 'utf8').split('\n')).toContain('.env')
    return /^SESSION_SECRET=([\da-f]{64})\n$/.exec(readFileSync(join(folder, '.env'), 'utf8'))?.[1]
  }
  const [one, other] = [secretOf(), secretOf()]
  expect(one).toBeDefined()
  expect(one).not.toBe(other)
})

test('no tool of a new project may turn an import into import type [D4, C18]', () => {
  const folder = join(place(), 'my-app')
  createProject(folder, '1.2.3')
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  expect(JSON.parse(read('biome.json'))).toMatchObject({
    linter: { rules: { style: { useImportType: 'off' } } },
    javascript: { parser: { unsafeParameterDecoratorsEnabled: true } },
  })
  expect(JSON.parse(read('.oxlintrc.json'))).toEqual({
    rules: { 'typescript/consistent-type-imports': 'off' },
  })
  expect(read('eslint.config.js')).toContain("'@typescript-eslint/consistent-type-imports': 'off'")
})

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-new-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
