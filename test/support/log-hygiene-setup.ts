import childProcess, { type ChildProcess } from 'node:child_process'
import crypto from 'node:crypto'
import { ServerResponse } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import type { Readable } from 'node:stream'
import { formatWithOptions } from 'node:util'
import { afterAll, afterEach, vi } from 'vitest'
import { hygiene } from './log-hygiene.js'

const METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const

/**
 * Runs in each test file: remembers every id, secret, key and cookie that its tests create, and fails the file when
 * the console, stdout, stderr, a warning or a program that a test started prints one. So the whole test run shows
 * that nothing secret is printed. Files that share a process share what is remembered of secrets.
 */
const once = globalThis as { isWatchedForSecrets?: boolean }
if (!once.isWatchedForSecrets) {
  once.isWatchedForSecrets = true
  noteRandomness()
  noteKeys()
  noteCookies()
  recordConsole()
  recordPrograms()
}

afterEach(recordMocks)

afterAll(async () => {
  // Node emits a warning a moment later.
  await new Promise((resolve) => setImmediate(resolve))
  const leaks = hygiene.leaks()
  hygiene.forgetOutput()
  if (leaks.length > 0) throw new Error(`Secrets were printed:\n${leaks.slice(0, 10).join('\n')}`)
})

/** Session ids, secrets of tests, nonces of sealed cookies. */
function noteRandomness(): void {
  const { randomBytes } = crypto
  crypto.randomBytes = ((size: number, callback?: never) => {
    if (callback) return randomBytes(size, callback)
    const bytes = randomBytes(size)
    for (const encoding of ['base64url', 'base64', 'hex'] as const)
      hygiene.keep('random bytes: a session id or a secret', bytes.toString(encoding))
    return bytes
  }) as typeof randomBytes
  syncBuiltinESMExports()
}

/** Keys of records: SHA-256 of an id, base64url. */
function noteKeys(): void {
  const { hash } = crypto
  crypto.hash = ((algorithm: string, data: string, encoding?: 'base64url') => {
    const text = hash(algorithm, data, encoding)
    if (encoding === 'base64url') hygiene.keep('the key of a record', text)
    return text
  }) as typeof hash
  syncBuiltinESMExports()
}

/** Values of cookies, where they are set and where a client reads them. */
function noteCookies(): void {
  const prototype = Headers.prototype as { -readonly [Name in keyof Headers]: Headers[Name] }
  const { append, getSetCookie } = prototype
  const note = (header: string) => {
    const [pair = ''] = header.split(';')
    hygiene.keep('the value of a cookie', pair.slice(pair.indexOf('=') + 1))
  }
  prototype.append = function noted(name, value) {
    if (name.toLowerCase() === 'set-cookie') note(value)
    append.call(this, name, value)
  }
  prototype.getSetCookie = function noted() {
    const headers = getSetCookie.call(this)
    for (const header of headers) note(header)
    return headers
  }
  const { writeHead } = ServerResponse.prototype
  ServerResponse.prototype.writeHead = function noted(this: ServerResponse, ...head: unknown[]) {
    const lines = head.at(-1)
    if (Array.isArray(lines)) {
      for (let index = 0; index < lines.length; index += 2)
        if (lines[index] === 'set-cookie') note(String(lines[index + 1]))
    }
    return writeHead.apply(this, head as never) as ServerResponse
  } as typeof writeHead
}

function recordConsole(): void {
  for (const method of METHODS) {
    const say = console[method].bind(console) as (...given: unknown[]) => void
    console[method] = (...given: unknown[]) => {
      hygiene.record(`console.${method}`, shown(given))
      say(...given)
    }
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const write = process[stream].write.bind(process[stream]) as (...given: unknown[]) => boolean
    process[stream].write = (...given: unknown[]) => {
      hygiene.record(stream, String(given[0]))
      return write(...given)
    }
  }
  process.on('warning', (warning) => hygiene.record('a warning', shown([warning])))
}

/** Also sees the console of a test that silences or spies on it. */
function recordMocks(): void {
  const mocks: [where: string, method: unknown][] = [
    ...METHODS.map((method): [string, unknown] => [`console.${method}`, console[method]]),
    ['stdout', process.stdout.write],
    ['stderr', process.stderr.write],
    ['a warning', process.emitWarning],
  ]
  for (const [where, mock] of mocks) {
    if (!vi.isMockFunction(mock)) continue
    for (const given of mock.mock.calls) hygiene.record(where, shown(given))
  }
}

/** The output of programs that a test started. The test reads the pipe; this only listens. */
function recordPrograms(): void {
  const prototype = childProcess.ChildProcess.prototype as unknown as {
    spawn(this: ChildProcess, options: unknown): unknown
  }
  const { spawn } = prototype
  prototype.spawn = function spawnRecorded(options) {
    const result = spawn.call(this, options)
    for (const stream of [this.stdout, this.stderr]) if (stream) recordStream(stream)
    return result
  }
}

function recordStream(stream: Readable): void {
  const push = stream.push.bind(stream)
  stream.push = (chunk: unknown, encoding) => {
    if (chunk !== null) hygiene.record('a program', String(chunk))
    return push(chunk, encoding)
  }
}

function shown(given: readonly unknown[]): string {
  return formatWithOptions({ depth: 8 }, ...given)
}
