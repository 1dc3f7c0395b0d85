import { chromium, type Browser } from 'playwright-core'
import { requireProgram } from './installed-program.js'

/**
 * Starts a headless Chromium with an empty profile of its own; close it with `browser.close()`.
 *
 * @throws when Chromium is not installed.
 */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram('chromium', 'chromium'),
    headless: true,
    args: [
      // Chromium refuses to sandbox itself as root, which is what CI runs as.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // A closed network refuses these connections, many at a time.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
