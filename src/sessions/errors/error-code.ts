/**
 * The code of an error of a driver, or of one that it wraps: query builders keep the error of their driver as
 * `cause`, `parent` (Sequelize), `driverError` (TypeORM), `original` or `originalError`.
 */
export function codeIn(error: unknown): string | undefined {
  const codes = [...chainOf(error)].map((each) => read(each, 'code'))
  return codes.find((code): code is string => typeof code === 'string' && CODE.test(code))
}

/** A word such as `ECONNREFUSED`, or the five characters of an SQLSTATE. */
const CODE = /^(?:[A-Z][A-Z0-9_]{1,39}|[0-9A-Z]{5})$/

const WRAPPED = ['cause', 'parent', 'driverError', 'original', 'originalError'] as const

/** The error, and what it wraps. Deep enough for an ORM over a pool over a driver; a ring ends as well. */
function* chainOf(error: unknown, depth = 5): Generator {
  if (typeof error !== 'object' || error === null || depth === 0) return
  yield error
  for (const name of WRAPPED) yield* chainOf(read(error, name), depth - 1)
}

/** A getter may throw. */
function read(error: unknown, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}
