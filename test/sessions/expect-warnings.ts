import { expect, onTestFinished } from 'vitest'

/**
 * What `onWarning` is for a test that expects warnings of these codes, or none: one that does not come, or that
 * nobody expected, fails the test.
 */
export function expectWarnings(...codes: string[]): (error: Error) => void {
  const heard: Error[] = []
  onTestFinished(() => {
    const unexpected = heard.filter((error) => !codes.includes((error as { code?: string }).code!))
    expect(unexpected, 'warnings that the test did not expect').toEqual([])
    const missing = codes.filter(
      (code) => !heard.some((error) => 'code' in error && error.code === code),
    )
    expect(missing, 'warnings that did not come').toEqual([])
  })
  return (error) => {
    if (!AT_START_UP.test(error.message)) heard.push(error)
  }
}

/** What an adapter says of itself, whatever a test does with it. */
const AT_START_UP = /cannot promise everything that sessions ask of a backend/
