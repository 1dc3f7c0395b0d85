type Method = (this: object, ...values: unknown[]) => unknown
const METHODS = ['get', 'all', 'run'] as const

/** Counts the statements that better-sqlite3 runs in this process, until it is asked how many they were. */
export async function countStatements(): Promise<() => number> {
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(':memory:')
  const statement = database.prepare('SELECT 1')
  const prototype = Object.getPrototypeOf(statement) as Record<string, Method>
  const originals = METHODS.map((name) => [name, prototype[name]!] as const)
  let count = 0
  for (const [name, original] of originals) {
    prototype[name] = function (...values) {
      count += 1
      return original.apply(this, values)
    }
  }
  return () => {
    for (const [name, original] of originals) prototype[name] = original
    database.close()
    return count
  }
}
