import { keyError } from '../errors/usage-error.js'

/**
 * The field of a key of the data.
 *
 * @throws SessionUsageError when no store could keep the key exactly.
 */
export function dataField(key: string): string {
  return `d:${checkKey(key)}`
}

/** The field of a flash message. */
export function flashField(key: string): string {
  return `f:${checkKey(key)}`
}

const LONGEST_KEY = 1024

function checkKey(key: unknown): string {
  if (typeof key !== 'string') throw keyError(String(key), 'keys are strings')
  if (key.length > LONGEST_KEY) {
    throw keyError(key, `it is longer than ${LONGEST_KEY} characters`)
  }
  // A lone surrogate does not survive UTF-8: two keys would become one.
  if (/\p{Surrogate}/u.test(key)) throw keyError(key, 'it is not well-formed Unicode')
  return key
}
