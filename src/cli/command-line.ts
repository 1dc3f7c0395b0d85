import { parseArgs } from 'node:util'
import { didYouMean, GRAPH_FORMATS, type GraphFormat } from '../di/index.js'
import type { ProjectChoices } from './project-settings.js'
import { PROJECT_STORES } from './project-stores.js'

/** What a command line asks for. */
export type Asked =
  | { readonly command: 'help' }
  | { readonly command: 'new'; readonly folder: string; readonly choices: ProjectChoices }
  | SchemaChoices
  | DevChoices
  | OpenApiChoices
  | (Subject & { readonly command: 'explain'; readonly route: string | undefined })
  | (Subject & {
      readonly command: 'graph'
      readonly route: string | undefined
      readonly format: GraphFormat
    })

/** Which table `schema` prints. */
export interface SchemaChoices {
  readonly command: 'schema'
  readonly database: 'postgres' | 'sqlite' | 'mysql'
  readonly table: string | undefined
  readonly schema: string | undefined
}

/** Which application runs, and where. */
export interface DevChoices extends Subject {
  readonly command: 'dev'
  /** The port of the application; default: `PORT`, or 3000. */
  readonly port: number | undefined
  /** The port of the page; default: 4000, or a free one. */
  readonly page: number | undefined
}

/** What the document of an application is called. */
export interface OpenApiChoices extends Subject {
  readonly command: 'openapi'
  /** Default: the name in `package.json`. */
  readonly title: string | undefined
  /** Default: the version in `package.json`. */
  readonly version: string | undefined
}

/** Where the application is. */
interface Subject {
  readonly module: string
  /** The name of an export: an application, or a function that makes one. */
  readonly exported: string | undefined
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  format: { type: 'string' },
  export: { type: 'string' },
  port: { type: 'string' },
  page: { type: 'string' },
  title: { type: 'string' },
  'api-version': { type: 'string' },
  store: { type: 'string' },
  style: { type: 'string' },
  table: { type: 'string' },
  schema: { type: 'string' },
} as const

const TAKEN: Readonly<Record<string, readonly string[]>> = {
  new: ['store', 'style'],
  schema: ['table', 'schema'],
  dev: ['export', 'port', 'page'],
  explain: ['export'],
  openapi: ['export', 'title', 'api-version'],
  graph: ['export', 'format'],
}

/** The command, or a message about the mistake in the command line. */
export function parseCommandLine(args: readonly string[]): Asked | string {
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    return unreadable(error as NodeJS.ErrnoException)
  }
  const { values, positionals } = parsed
  const [command, subject, route, ...more] = positionals
  if (values.help || command === undefined || command === 'help') return { command: 'help' }
  const taken = TAKEN[command]
  if (!taken) return `'${command}' is not a command.${didYouMean(command, Object.keys(TAKEN))}`
  const other = Object.keys(values).find((name) => !taken.includes(name))
  if (other !== undefined) return `${command} takes no --${other}.`
  if (command === 'new') return newProject(subject, route, values)
  if (command === 'schema') return schemaOf(subject, route, values)
  if (subject === undefined) return `${command} needs the module that exports the app.`
  if (more.length > 0) {
    return `${command} was given more words than it takes; quote a route: "GET /cart".`
  }
  const where = { module: subject, exported: values.export }
  if (command === 'dev') return devOf(where, route, values)
  if (command === 'openapi') {
    if (route !== undefined) return 'openapi takes one module: its document has every route.'
    return { command, ...where, title: values.title, version: values['api-version'] }
  }
  if (command === 'explain') return { command, ...where, route }
  const { format: wanted = 'mermaid' } = values
  const format = GRAPH_FORMATS.find((known) => known === wanted)
  if (!format) return `'${wanted}' is not a format: ${GRAPH_FORMATS.join(', ')}.`
  return { command: 'graph', ...where, route, format }
}

/** Of an unknown option Node also says how to write a word that begins with a dash, which nobody meant. */
function unreadable({ code, message }: NodeJS.ErrnoException): string {
  const [, name = ''] = /^Unknown option '-*([^']*)'/.exec(message) ?? []
  return code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
    ? `--${name} is not an option.${didYouMean(name, Object.keys(OPTIONS)).replace('mean ', 'mean --')}`
    : message
}

function devOf(
  where: Subject,
  more: string | undefined,
  given: { readonly port?: string; readonly page?: string },
): Asked | string {
  if (more !== undefined) return 'dev takes one module.'
  const wrong = (['port', 'page'] as const).find((name) => !isPort(given[name]))
  if (wrong !== undefined) return `--${wrong} is a number from 0 to 65535, not '${given[wrong]}'.`
  const [port, page] = [given.port, given.page].map((text) => (text ? Number(text) : undefined))
  return { command: 'dev', ...where, port, page }
}

function isPort(text: string | undefined): boolean {
  return text === undefined || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535)
}

function newProject(
  folder: string | undefined,
  more: string | undefined,
  given: { readonly store?: string; readonly style?: string },
): Asked | string {
  if (folder === undefined) return 'new needs the folder to write into: ingot new my-app.'
  if (more !== undefined) return 'new takes one folder.'
  const { style = 'functions' } = given
  const store = PROJECT_STORES.find((known) => known === (given.store ?? 'cookie'))
  if (store === undefined)
    return `'${given.store}' is not a store: memory, cookie, redis, postgres, mysql or sqlite.`
  if (style !== 'functions' && style !== 'decorators')
    return `'${style}' is not a style: functions or decorators.`
  return { command: 'new', folder, choices: { store, style } }
}

function schemaOf(
  database: string | undefined,
  more: string | undefined,
  { table, schema }: { readonly table?: string; readonly schema?: string },
): Asked | string {
  if (database !== 'postgres' && database !== 'sqlite' && database !== 'mysql')
    return database === undefined
      ? 'schema needs the database: postgres, sqlite or mysql.'
      : `'${database}' is not a database: postgres, sqlite or mysql.`
  if (more !== undefined) return 'schema takes one database.'
  return { command: 'schema', database, table, schema }
}
