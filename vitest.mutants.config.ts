import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig, type Plugin } from 'vitest/config'
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node'
import type { RunOrder, RunOutcome } from './scripts/mutants/test-run.js'
import { eachFile as base } from './vitest.config.js'

const { INGOT_MUTANT_RUN: orderPath = '', INGOT_MUTANT_OUTCOME: outcomePath = '' } = process.env
const { sources, tests } = JSON.parse(readFileSync(orderPath, 'utf8')) as RunOrder

/** `npm run mutants` runs tests with this: files of src are replaced in memory, never on the disk. */
export default defineConfig({
  ...base,
  plugins: [replacedSources(), base.plugins],
  test: {
    ...base.test,
    ...(tests && { include: [...tests] }),
    setupFiles: ['scripts/mutants/marks-setup.ts', 'test/support/log-hygiene-setup.ts'],
    // A mutant may have a test wait for what never comes, and twice.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The tool asks the compiler itself, once for all mutants.
    typecheck: { include: [] },
    reporters: ['dot', outcomeReporter()],
    sequence: { sequencer: inOrder() },
    cache: false,
    // What one run has transformed the next ones read.
    experimental: { fsModuleCache: true, fsModuleCachePath: join(dirname(orderPath), 'modules') },
  },
})

function replacedSources(): Plugin {
  return {
    name: 'replaced-sources',
    enforce: 'pre',
    load: (id) => sources[id],
    configureVitest({ experimental_defineCacheKeyGenerator: keyModules }) {
      // The cache knows a file by its text on the disk.
      keyModules(({ id }) => sources[id])
    },
  }
}

function outcomeReporter(): Reporter {
  return {
    onTestRunEnd(modules, _errors, reason) {
      if (modules.length === 0) return
      const files = modules.map((module) => ({
        file: module.relativeModuleId,
        isPassed: module.ok(),
        milliseconds: module.diagnostic().duration,
        marks: module.meta().marks ?? [],
      }))
      writeFileSync(
        outcomePath,
        JSON.stringify({ isPassed: reason === 'passed', files } satisfies RunOutcome),
      )
    },
  }
}

/** The tests in the order that the tool gave them, so that those that kill most mutants come first. */
function inOrder() {
  return class extends BaseSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      const rank = ({ moduleId }: TestSpecification) =>
        tests?.findIndex((test) => moduleId.endsWith(`/${test}`)) ?? 0
      return [...specifications].sort((one, other) => rank(one) - rank(other))
    }
  }
}
