import { parseArgs } from 'node:util'
import type { ProjectChoices } from './project-settings.js'

/** What a command line asks for. */
export type Asked =
  | { readonly command: 'help' }
  | { readonly command: 'new'; readonly folder: string; readonly choices: ProjectChoices }
  | (Subject & { readonly command: 'explain'; readonly route: string | undefined })
  | (Subject & { readonly command: 'graph'; readonly format: 'mermaid' | 'json' })

/** Where the application is. */
export interface Subject {
  readonly module: string
  /** The name of an export: an application, or a function that makes one. */
  readonly exported: string | undefined
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  format: { type: 'string' },
  export: { type: 'string' },
  store: { type: 'string' },
  style: { type: 'string' },
} as const

const TAKEN: Readonly<Record<string, readonly string[]>> = {
  new: ['store', 'style'],
  explain: ['export'],
  graph: ['export', 'format'],
}

/** The command, or a message about the mistake in the command line. */
export function parseCommandLine(args: readonly string[]): Asked | string {
  let parsed
  try {
    parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    return (error as Error).message
  }
  const { values, positionals } = parsed
  const [command, subject, route, ...more] = positionals
  if (values.help || command === undefined || command === 'help') return { command: 'help' }
  const taken = TAKEN[command]
  if (!taken) return `'${command}' is not a command.`
  const other = Object.keys(values).find((name) => !taken.includes(name))
  if (other !== undefined) return `${command} takes no --${other}.`
  if (command === 'new') return newProject(subject, route, values)
  if (subject === undefined) return `${command} needs the module that exports the app.`
  if (more.length > 0 || (command === 'graph' && route !== undefined)) {
    return `${command} was given more words than it takes; quote a route: "GET /cart".`
  }
  const where = { module: subject, exported: values.export }
  if (command === 'explain') return { command, ...where, route }
  const { format = 'mermaid' } = values
  if (format !== 'mermaid' && format !== 'json') return `'${format}' is not a format.`
  return { command: 'graph', ...where, format }
}

function newProject(
  folder: string | undefined,
  more: string | undefined,
  given: { readonly store?: string; readonly style?: string },
): Asked | string {
  if (folder === undefined) return 'new needs the folder to write into: ingot new my-app.'
  if (more !== undefined) return 'new takes one folder.'
  const { store = 'cookie', style = 'functions' } = given
  if (store !== 'memory' && store !== 'cookie' && store !== 'redis')
    return `'${store}' is not a store: memory, cookie or redis.`
  if (style !== 'functions' && style !== 'decorators')
    return `'${style}' is not a style: functions or decorators.`
  return { command: 'new', folder, choices: { store, style } }
}
