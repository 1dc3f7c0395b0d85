import { fromAnotherCopy } from '../../di/index.js'
import { App } from '../../http/index.js'

/**
 * The application of a module: what it exports as `app` or by default, or under a name; a function that is named
 * makes it.
 *
 * @throws TypeError when there is none, with what the module exports.
 */
export async function appOf(
  loaded: Record<string, unknown>,
  module: string,
  exported: string | undefined,
): Promise<App> {
  const found = exported === undefined ? (loaded['app'] ?? loaded['default']) : loaded[exported]
  if (found instanceof App) return found
  // A factory is called only when it is named: another function may do anything.
  const made: unknown =
    exported !== undefined && typeof found === 'function' ? await (found as () => unknown)() : found
  if (made instanceof App) return made
  throw new TypeError(
    [withoutApp(module, exported, loaded), fromAnotherCopy(made) ?? []].flat().join(' '),
  )
}

function withoutApp(
  module: string,
  exported: string | undefined,
  loaded: Record<string, unknown>,
): string {
  const names = Object.keys(loaded)
  const list = names.join(', ') || 'nothing'
  if (exported !== undefined)
    return `${exported} of ${module} is no App, and makes none when it is called without arguments; the module exports ${list}.`
  const factory = names.find((name) => typeof loaded[name] === 'function')
  const hint = factory === undefined ? '' : ` When ${factory} makes one: --export ${factory}.`
  return `${module} exports no App as \`app\` or by default; it exports ${list}.${hint}`
}
