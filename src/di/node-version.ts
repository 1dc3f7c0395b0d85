// Imported first, so that an old Node says this and not which function it lacks. It holds for all of Ingot.
const OLDEST = [20, 19] as const

const version = globalThis.process?.versions.node ?? ''
const [major = Infinity, minor = 0] = version === '' ? [] : version.split('.').map(Number)
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  const message = `Ingot needs Node ${OLDEST.join('.')} or newer, and this is ${version}. Install one from https://nodejs.org.`
  const error = new Error(message)
  // Where it was thrown helps nobody.
  error.stack = `Error: ${message}`
  throw error
}
