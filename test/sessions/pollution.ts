/** Runs with properties planted on `Object.prototype`, as a prototype pollution elsewhere would leave them. */
export async function polluted(
  properties: Record<string, unknown>,
  run: () => unknown,
): Promise<void> {
  const root = Object.getPrototypeOf({}) as object
  for (const [key, value] of Object.entries(properties)) {
    Object.defineProperty(root, key, { value, configurable: true, writable: true })
  }
  try {
    await run()
  } finally {
    for (const key of Object.keys(properties)) Reflect.deleteProperty(root, key)
  }
}
