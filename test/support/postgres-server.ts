import { accessSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { run, startDatabase, type DatabaseServer } from './database-server.js'
import { findProgram, installProgram } from './installed-program.js'

/** Starts an empty PostgreSQL; `settings` are lines of its configuration, such as `max_connections=20`. */
export async function startPostgres(settings: readonly string[] = []): Promise<DatabaseServer> {
  const programs = programFolder()
  const user = process.getuid?.() === 0 ? await unprivileged() : undefined
  return startDatabase({
    name: 'postgres',
    ...(user && { user }),
    initialize: async (folder) => {
      const args = [
        '-D',
        folder,
        '--no-sync',
        '-A',
        'trust',
        '-U',
        'ingot',
        '-E',
        'UTF8',
        '--no-locale',
      ]
      await run(join(programs, 'initdb'), args, { ...user })
    },
    command: (folder, port) => [
      join(programs, 'postgres'),
      '-D',
      folder,
      '-p',
      `${port}`,
      '-h',
      '127.0.0.1',
      '-k',
      '',
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    ping: async (port) => {
      const client = new Client({ connectionString: urlOf(port), connectionTimeoutMillis: 500 })
      client.on('error', () => {})
      await client.connect()
      await client.end()
    },
    url: urlOf,
  })
}

/** Installs it as root on Debian; elsewhere the tests say what is missing. */
export function installPostgres(): void {
  if (findFolder() === undefined) installProgram('pg_ctlcluster', 'postgresql')
}

function programFolder(): string {
  const folder = findFolder()
  if (folder !== undefined) return folder
  throw new Error(
    'These tests need PostgreSQL, whose programs were not found: install it (Debian: apt-get install postgresql) and run them again.',
  )
}

/** Debian keeps the programs of each version in a folder that is not on PATH. */
function findFolder(): string | undefined {
  const versions = listed('/usr/lib/postgresql').toSorted(
    (one, other) => Number(other) - Number(one),
  )
  const folders = versions.map((version) => `/usr/lib/postgresql/${version}/bin`)
  const onPath = findProgram('initdb')
  return folders.find((folder) => has(join(folder, 'initdb'))) ?? onPath?.replace(/\/initdb$/, '')
}

/** PostgreSQL refuses to run as root. */
async function unprivileged() {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  )
  return { uid: uid as number, gid: gid as number }
}

function urlOf(port: number): string {
  return `postgres://ingot@127.0.0.1:${port}/postgres`
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function has(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
