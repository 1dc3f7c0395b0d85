#!/usr/bin/env node
import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { runCommand } from './command.js'
import type { DevChoices } from './command-line.js'
import { createProject } from './new-project.js'

const code = await runCommand(process.argv.slice(2), {
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  load: async (path) => {
    // What Node says names this file, and not the mistake.
    if (!statSync(path, { throwIfNoEntry: false })?.isFile())
      throw new Error(`There is no file ${path}.`)
    // TypeScript needs the loader; a program without it does not pay for it.
    if (/\.m?tsx?$/.test(path)) await import(new URL('../register/index.js', import.meta.url).href)
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>
  },
  create: (folder, choices) => createProject(folder, ownVersion(), choices).files,
  openapi: async (app, { title, version }) => {
    const { href } = new URL('../openapi/index.js', import.meta.url)
    const document = (await import(href)) as {
      openApiOf(of: object, info: { readonly title: string; readonly version: string }): object
    }
    const own = existsSync('package.json') ? manifestIn('package.json') : {}
    const info = { title: title ?? own.name ?? 'API', version: version ?? own.version ?? '0.0.0' }
    return document.openApiOf(app, info)
  },
  dev: async (choices) => {
    // A page for developers: whoever does anything else loads nothing of it.
    const { href } = new URL('../dev/index.js', import.meta.url)
    const dev = (await import(href)) as { runDev(choices: DevChoices): Promise<number> }
    return dev.runDev(choices)
  },
  schema: async ({ database, table, schema }) => {
    // Whoever asks for nothing of SQL does not load it.
    const { href } = new URL('../sessions/sql/index.js', import.meta.url)
    const sql = (await import(href)) as {
      sqlSchema(of: string, options: Readonly<Record<string, string>>): string
    }
    return sql.sqlSchema(database, { ...(table && { table }), ...(schema && { schema }) })
  },
})
// What the module has opened, such as a server, must not keep the program running.
process.stdout.write('', () => process.exit(code))

function ownVersion(): string {
  return manifestIn(new URL('../../package.json', import.meta.url)).version!
}

function manifestIn(path: string | URL): { readonly name?: string; readonly version?: string } {
  return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string }
}
