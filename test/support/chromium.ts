import { chromium, type Browser } from 'playwright-core'
import { requireProgram } from './installed-program.js'

/**
 * Starts a headless Chromium with its own empty profile; close it with `browser.close()`.
 *
 * @param more arguments of the program, beside those of every test.
 * @throws when Chromium is not installed.
 */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram('chromium', 'chromium'),
    headless: true,
    args: [
      // CI runs as root, where Chromium refuses to start its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // Without a network these connections fail, many at a time.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}
