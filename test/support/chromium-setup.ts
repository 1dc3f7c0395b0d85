import { installProgram } from './installed-program.js'

/** Runs once before the browser tests: installs the browser they drive when it is missing. */
export function setup(): void {
  // A machine without a font draws no letters in screenshots.
  installProgram('chromium', 'chromium', 'fonts-liberation')
}
