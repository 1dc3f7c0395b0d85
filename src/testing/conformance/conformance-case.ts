/** One test of a store or a backend, for any test runner. */
export interface ConformanceCase {
  /** A sentence. */
  readonly name: string
  /** Rejects when the test fails. */
  readonly run: () => Promise<void>
}

/** The functions of a test runner: those of Vitest, `node:test`, Jest, Mocha or Bun. */
export interface TestRunner {
  /** Groups the cases. Default: the global `describe`. Without it, the name of the group begins the name of each case. */
  readonly describe?: (name: string, body: () => void) => unknown
  /** Registers one case. Default: the global `test` or `it`. */
  readonly test?: (name: string, run: () => Promise<void>) => unknown
}

/**
 * Registers cases with a test runner.
 *
 * @throws TypeError when `test` is neither given nor global.
 */
export function register(
  group: string,
  cases: readonly ConformanceCase[],
  runner: TestRunner,
): void {
  const globals = globalThis as TestRunner & { readonly it?: TestRunner['test'] }
  const test = runner.test ?? globals.test ?? globals.it
  const describe = runner.describe ?? (runner.test ? undefined : globals.describe)
  if (!test) {
    throw new TypeError(
      `${group} cannot be tested: there is no global \`test\`. Pass that of your test runner: { test, describe }.`,
    )
  }
  const add = (prefix: string) => {
    for (const { name, run } of cases) test(prefix + name, () => run())
  }
  if (describe) describe(group, () => add(''))
  else add(`${group}: `)
}
