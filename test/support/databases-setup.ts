import { installMariadb } from './mariadb-server.js'
import { installPostgres } from './postgres-server.js'

/** Runs once before the test files, so that parallel ones do not install a database at the same time. */
export function setup(): void {
  installPostgres()
  installMariadb()
}
