import type { GraphOptions } from '../di/index.js'
import type { App } from '../http/index.js'
import {
  parseCommandLine,
  type DevChoices,
  type OpenApiChoices,
  type SchemaChoices,
} from './command-line.js'
import { appOf } from './loading/index.js'
import type { ProjectChoices } from './project-settings.js'

/** What a command needs of the process. */
export interface Terminal {
  print(text: string): void
  complain(text: string): void
  /** Imports a module by its path. */
  load(path: string): Promise<Record<string, unknown>>
  /** Writes a new project, and returns the paths of its files. */
  create(folder: string, choices: ProjectChoices): readonly string[]
  /** The statements that make a table of sessions. */
  schema(choices: SchemaChoices): Promise<string>
  /** Describes the routes of an application as OpenAPI. */
  openapi(app: App, choices: OpenApiChoices): Promise<object>
  /** Runs an application with a page beside it, until it is told to stop; the result is the exit code. */
  dev(choices: DevChoices): Promise<number>
}

const USAGE = `Usage:
  ingot new <folder>                            writes a new project: app, test, tsconfig, package.json
      --store memory|cookie|redis|postgres|mysql|sqlite
                                                where it keeps sessions (default: cookie)
      --style functions|decorators              what its handlers are (default: functions)
  ingot dev <module>                            runs an application, again when a file changes, and a page beside it
      --port <number> --page <number>           where they are (default: PORT or 3000, and 4000)
  ingot explain <module> ["GET /cart"]          shows what a route is injected with; a line for every route without one
  ingot graph <module> ["GET /cart"]            draws what a route is injected with; every route without one
      --format mermaid|svg|html|json            a picture, a page, or data (default: mermaid)
  ingot openapi <module>                        describes its routes as OpenAPI 3.1
      --title <text> --api-version <text>       of the document (default: those of package.json)
      --export <name>                           for these four: which export is the app, or makes it
  ingot schema postgres|sqlite|mysql            prints the SQL that makes the table of sessions
      --table <name> --schema <name>            what it is called (default: ingot_sessions)

<module> exports an App as \`app\` or by default. It may be TypeScript.`

/**
 * Runs a command of the `ingot` program. Nothing of the application is started: no singleton is built.
 *
 * @returns the exit code: 0; 1 when the module or route does not exist; 2 when the command line is wrong.
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const asked = parseCommandLine(args)
  if (typeof asked === 'string') {
    terminal.complain(`${asked}\n\n${USAGE}`)
    return 2
  }
  if (asked.command === 'help') {
    terminal.print(USAGE)
    return 0
  }
  try {
    if (asked.command === 'new') {
      const files = terminal.create(asked.folder, asked.choices)
      terminal.print(created(asked.folder, files))
      return 0
    }
    if (asked.command === 'schema') {
      terminal.print(await terminal.schema(asked))
      return 0
    }
    if (asked.command === 'dev') return await terminal.dev(asked)
    const app = await appOf(await terminal.load(asked.module), asked.module, asked.exported)
    if (asked.command === 'openapi') {
      terminal.print(JSON.stringify(await terminal.openapi(app, asked), null, 2))
      return 0
    }
    terminal.print(asked.command === 'explain' ? app.explain(asked.route) : drawn(app, asked))
    return 0
  } catch (error) {
    terminal.complain(error instanceof Error ? error.message : String(error))
    return 1
  }
}

function created(folder: string, files: readonly string[]): string {
  const written = files.map((file) => `  ${folder}/${file}`).join('\n')
  return `Written:\n${written}\n\nNext:\n  cd ${folder}\n  npm install\n  npm run dev`
}

function drawn(app: App, options: GraphOptions): string {
  const graph = app.graph(options)
  return typeof graph === 'string' ? graph : JSON.stringify(graph, null, 2)
}
