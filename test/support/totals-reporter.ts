import type { TestModule, TestRunEndReason } from 'vitest/node'
import type { Reporter } from 'vitest/reporters'

/**
 * Ends a test run with the line `N passed, N failed, N skipped`, which `.ci/run` reads and adds up.
 * It is printed at process exit, since vitest itself still writes after the last reporter call.
 */
export class TotalsReporter implements Reporter {
  #passed = 0
  #failed = 0
  #skipped = 0

  constructor() {
    process.once('exit', () => {
      process.stdout.write(
        `${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped\n`,
      )
    })
  }

  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandledErrors: ReadonlyArray<unknown>,
    reason: TestRunEndReason,
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    this.#passed = tests.filter((test) => test.result().state === 'passed').length
    const failedTests = tests.filter((test) => test.result().state === 'failed').length
    const brokenOutsideTests = modules.filter(
      (module) => module.state() === 'failed' && ![...module.children.allTests('failed')].length,
    ).length
    // A file that does not load, a failing hook and an unhandled rejection belong to no test.
    this.#failed = failedTests + brokenOutsideTests + unhandledErrors.length
    if (reason === 'failed' && this.#failed === 0) this.#failed = 1
    this.#skipped = tests.filter((test) => test.result().state === 'skipped').length
  }
}
