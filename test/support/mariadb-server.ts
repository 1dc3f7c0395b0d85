import mysql from 'mysql2/promise'
import { run, startDatabase, type DatabaseServer } from './database-server.js'
import { installProgram, requireProgram } from './installed-program.js'

/** Starts an empty MariaDB; `settings` are options of `mariadbd`, such as `--max-connections=20`. */
export async function startMariadb(settings: readonly string[] = []): Promise<DatabaseServer> {
  const program = requireProgram('mariadbd', 'mariadb-server')
  // It runs as root when it is told to.
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : []
  return startDatabase({
    name: 'mariadb',
    initialize: async (folder) => {
      await run('mariadb-install-db', [
        '--no-defaults',
        `--datadir=${folder}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
        '--innodb-log-file-size=8M',
        ...asRoot,
      ])
    },
    command: (folder, port) => [
      program,
      '--no-defaults',
      `--datadir=${folder}`,
      `--socket=${folder}/socket`,
      `--pid-file=${folder}/pid`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-log-file-size=8M',
      '--innodb-buffer-pool-size=32M',
      ...asRoot,
      ...settings,
    ],
    ping: async (port) => {
      const client = await mysql.createConnection({
        host: '127.0.0.1',
        port,
        user: 'root',
        connectTimeout: 500,
      })
      await client.query('CREATE DATABASE IF NOT EXISTS shop')
      await client.end()
    },
    url: (port) => `mysql://root@127.0.0.1:${port}/shop`,
  })
}

/** Installs it as root on Debian; elsewhere the tests say what is missing. */
export function installMariadb(): void {
  installProgram('mariadbd', 'mariadb-server')
}
