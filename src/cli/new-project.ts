import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { projectFiles } from './project-files.js'
import type { ProjectChoices } from './project-settings.js'

/** A project that was written. */
export type NewProject = { readonly folder: string; readonly files: readonly string[] }

/**
 * Writes a new project into a folder that does not exist or is empty.
 *
 * @param where the folder; its last part names the package.
 * @param version of Ingot, that the project depends on.
 * @throws Error when the folder holds files, or npm refuses its name. Nothing is written then.
 */
export function createProject(
  where: string,
  version: string,
  choices: ProjectChoices = { store: 'cookie', style: 'functions' },
): NewProject {
  const folder = resolve(where)
  const name = basename(folder)
  if (!/^[a-z0-9][a-z0-9._-]{0,213}$/.test(name))
    throw new Error(
      `'${name}' cannot name a package: use lower-case letters, digits, '-', '_' and '.', beginning with a letter or a digit.`,
    )
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new Error(`${where} is there already, and no folder. Nothing was written.`)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${where} is there already, and not empty. Nothing was written.`)
  const files = projectFiles(name, version, choices)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    // Never overwrite a file that somebody created meanwhile.
    writeFileSync(join(folder, path), text, { flag: 'wx' })
  }
  return { folder, files: Object.keys(files) }
}
