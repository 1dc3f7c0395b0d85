import { installProgram } from './installed-program.js'

/** Runs once before the test files, so that parallel ones do not install Redis at the same time. */
export function setup(): void {
  installProgram('redis-server', 'redis-server')
}
