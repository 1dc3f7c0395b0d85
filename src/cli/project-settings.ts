import { STORE_FILES, type ProjectStore } from './project-stores.js'

/** What a new project is like. */
export interface ProjectChoices {
  /** Where sessions are kept. */
  readonly store: ProjectStore
  /** Whether handlers are plain functions, or methods of decorated classes. */
  readonly style: 'functions' | 'decorators'
}

export function manifest(name: string, version: string, store: ProjectChoices['store']): object {
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    scripts: {
      dev: 'ingot dev src/main.ts',
      start: 'node --import ingot/register src/main.ts',
      test: 'node --import ingot/register --test test/app.test.ts',
      build: 'tsc',
    },
    dependencies: {
      '@oxc-project/runtime': '^0.158.0',
      ingot: `^${version}`,
      'oxc-parser': '^0.159.0',
      'oxc-transform': '^0.158.0',
      ...STORE_FILES[store].dependencies,
    },
    devDependencies: { '@types/node': '^20.19.43', typescript: '^7.0.2' },
    engines: { node: '>=20.19' },
  }
}

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2023', 'ESNext.Disposable'],
    types: ['node'],
    strict: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src', 'test'],
}

/**
 * Biome turns imports that injection reads into `import type` unless it is told not to, and takes `@Param('id') id` for
 * a syntax error. Its formatter is told how these files are written.
 */
const BIOME = {
  files: { includes: ['**', '!dist'] },
  formatter: { indentStyle: 'space', lineWidth: 100 },
  linter: { rules: { style: { useImportType: 'off' } } },
  javascript: {
    parser: { unsafeParameterDecoratorsEnabled: true },
    formatter: { quoteStyle: 'single', semicolons: 'asNeeded' },
  },
}

const OXLINT = { rules: { 'typescript/consistent-type-imports': 'off' } }

const ESLINT = `// typescript-eslint does not run with TypeScript 7 yet: npm install -D eslint typescript-eslint typescript@6
import { defineConfig } from 'eslint/config'
import { configs } from 'typescript-eslint'

export default defineConfig({
  files: ['src/**/*.ts', 'test/**/*.ts'],
  extends: [configs.recommendedTypeChecked],
  languageOptions: {
    parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
  },
  // Injection reads imports at run time: \`import type\` would take the class away.
  rules: { '@typescript-eslint/consistent-type-imports': 'off' },
})
`

/** Lists of words stand in one line, as formatters write them. */
function json(value: object): string {
  const text = JSON.stringify(value, null, 2)
  const short = text.replaceAll(/\[\n([^[\]{}]*)\n\s*\]/g, (_, inside: string) => {
    return `[${inside.trim().replaceAll(/\s*\n\s*/g, ' ')}]`
  })
  return `${short}\n`
}

/** The files that say how tools treat the project: none of them may turn an import into \`import type\`. */
export const CONFIGURATIONS: Readonly<Record<string, string>> = {
  'tsconfig.json': json(TSCONFIG),
  'biome.json': json(BIOME),
  '.oxlintrc.json': json(OXLINT),
  'eslint.config.js': ESLINT,
}
