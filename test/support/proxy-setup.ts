import { installProgram } from './installed-program.js'

/** Runs once before the test files, so that parallel ones do not install a proxy at the same time. */
export function setup(): void {
  installProgram('nginx', 'nginx')
  installProgram('haproxy', 'haproxy')
  installProgram('systemd-analyze', 'systemd')
}
