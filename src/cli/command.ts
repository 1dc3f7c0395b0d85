import { parseArgs } from 'node:util'
import { App } from '../http/index.js'

/** What a command needs of the process. */
export interface Terminal {
  print(text: string): void
  complain(text: string): void
  /** Imports a module by its path. */
  load(path: string): Promise<Record<string, unknown>>
  /** Writes a new project, and returns the paths of its files. */
  create(folder: string): readonly string[]
}

const USAGE = `Usage:
  ingot new <folder>                            writes a new project: app, test, tsconfig, package.json
  ingot explain <module> ["GET /cart"]          shows what a route is injected with; every route without one
  ingot graph <module> [--format mermaid|json]  draws the whole graph (default: mermaid)

<module> exports an App as \`app\` or by default. For TypeScript, register a loader first:
  node --import ingot/register node_modules/ingot/dist/cli/index.js explain app.ts`

/**
 * Runs a command of the \`ingot\` program. Nothing of the application is started: no singleton is built.
 *
 * @returns the exit code: 0; 1 when the module or route does not exist; 2 when the command line is wrong.
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = parse(args)
  if (typeof parsed === 'string') {
    terminal.complain(`${parsed}\n\n${USAGE}`)
    return 2
  }
  if (parsed.command === 'help') {
    terminal.print(USAGE)
    return 0
  }
  try {
    if (parsed.command === 'new') {
      const files = terminal.create(parsed.folder)
      terminal.print(created(parsed.folder, files))
      return 0
    }
    const app = await loadApp(parsed.module, terminal)
    terminal.print(
      parsed.command === 'explain' ? app.explain(parsed.route) : drawn(app, parsed.format),
    )
    return 0
  } catch (error) {
    terminal.complain(error instanceof Error ? error.message : String(error))
    return 1
  }
}

type Parsed =
  | { readonly command: 'help' }
  | { readonly command: 'new'; readonly folder: string }
  | { readonly command: 'explain'; readonly module: string; readonly route: string | undefined }
  | { readonly command: 'graph'; readonly module: string; readonly format: 'mermaid' | 'json' }

/** The command, or a message about the mistake in the command line. */
function parse(args: readonly string[]): Parsed | string {
  const options = { format: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    return (error as Error).message
  }
  const { values, positionals } = parsed
  const [command, module, route, ...more] = positionals
  if (values.help || command === undefined || command === 'help') return { command: 'help' }
  if (command === 'new') {
    if (module === undefined) return 'new needs the folder to write into: ingot new my-app.'
    if (route !== undefined || values.format !== undefined)
      return 'new takes a folder, and nothing else.'
    return { command, folder: module }
  }
  if (command !== 'explain' && command !== 'graph') return `'${command}' is not a command.`
  if (module === undefined) return `${command} needs the module that exports the app.`
  if (more.length > 0 || (command === 'graph' && route !== undefined)) {
    return `${command} was given more words than it takes; quote a route: "GET /cart".`
  }
  if (command === 'explain') {
    return values.format === undefined ? { command, module, route } : 'explain takes no --format.'
  }
  const { format = 'mermaid' } = values
  if (format !== 'mermaid' && format !== 'json') return `'${format}' is not a format.`
  return { command, module, format }
}

async function loadApp(path: string, terminal: Terminal): Promise<App> {
  const loaded = await terminal.load(path)
  const app = loaded['app'] ?? loaded['default']
  if (app instanceof App) return app
  const found = Object.keys(loaded).join(', ') || 'nothing'
  throw new TypeError(
    `${path} exports no App as \`app\` or by default; it exports ${found}. (An App of another copy of ingot does not count.)`,
  )
}

function created(folder: string, files: readonly string[]): string {
  const written = files.map((file) => `  ${folder}/${file}`).join('\n')
  return `Written:\n${written}\n\nNext:\n  cd ${folder}\n  npm install\n  npm start`
}

function drawn(app: App, format: 'mermaid' | 'json'): string {
  return format === 'mermaid'
    ? app.graph({ format })
    : JSON.stringify(app.graph({ format }), null, 2)
}
