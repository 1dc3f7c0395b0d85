import { lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Server, ServerOptions } from 'srvx'
import { describeGiven } from '../../di/index.js'

/** Where `listen` serves: exactly one of the three. */
export type PlaceOptions =
  | {
      /** 0 takes a free port. */
      readonly port: number
      /** The address to listen on. Default: every address of the machine. */
      readonly hostname?: string
      readonly path?: never
      readonly fd?: never
    }
  | {
      /** The file of a Unix socket, or a named pipe of Windows: `/run/shop.sock`. */
      readonly path: string
      readonly port?: never
      readonly fd?: never
    }
  | {
      /** An open descriptor that listens, for example 3, the first that systemd hands over. */
      readonly fd: number
      readonly port?: never
      readonly path?: never
    }

/** Where a server listens. Only options decide it: srvx alone would read `HOST` and `PORT` of the environment. */
export class Place {
  readonly #path: string | undefined
  /** For runtimes other than Node. */
  readonly options: Pick<ServerOptions, 'port' | 'hostname'>
  readonly node: NonNullable<ServerOptions['node']>

  /** @throws TypeError, RangeError when it is none. */
  constructor({ port, path, fd, ...options }: PlaceOptions) {
    const given = { port, path, fd }
    const names = Object.entries(given).flatMap(([name, at]) => (at === undefined ? [] : [name]))
    if (names.length !== 1) {
      throw new TypeError(
        `listen: ${names.join(' and ') || 'nothing'} is given. Give one of port, path and fd: listen({ port: 3000 }).`,
      )
    }
    const hostname = 'hostname' in options ? options.hostname : undefined
    if (port !== undefined) checkNumber('port', port, 65_535)
    if (fd !== undefined) checkNumber('fd', fd, 2 ** 31 - 1)
    if (path === '') throw new TypeError("listen: path is ''. Write the file of a socket.")
    this.#path = path
    this.options = { port: port ?? 0, hostname: hostname ?? '::' }
    // Workers of node:cluster share what they listen on. An address that is `undefined` is every address.
    this.node = {
      ...(port === undefined ? { path, fd } : { port, host: hostname }),
      exclusive: false,
    }
  }

  /**
   * Begins to listen. A process that was killed leaves the file of its socket behind, and nobody could ever
   * listen there again: when nobody does, it is removed.
   */
  async take(listen: () => Promise<unknown>): Promise<void> {
    try {
      await listen()
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || this.#path === undefined || !(await isDead(this.#path))) throw error
      await unlink(this.#path)
      await listen()
    }
  }

  /** What a running server tells of its address. */
  addressOf(server: Server): { url: string; port: number } {
    const told = server.url
    if (told === undefined || !/^https?:/.test(told))
      return { url: `unix:${told ?? this.#path}`, port: 0 }
    const url = new URL(told)
    if (url.hostname === '[::]' || url.hostname === '0.0.0.0') url.hostname = 'localhost'
    return { url: url.origin, port: portOf(url) }
  }
}

function checkNumber(name: 'port' | 'fd', number: number, most: number): void {
  if (Number.isInteger(number) && number >= 0 && number <= most) return
  const advice = name === 'port' ? adviceFor(number) : ''
  throw new RangeError(
    `listen: ${name} must be a whole number from 0 to ${most}, not ${describeGiven(number)}.${advice}`,
  )
}

/** Variables of the environment are texts. */
function adviceFor(port: unknown): string {
  const isVariable = typeof port === 'string' && process.env['PORT'] === port
  if (isVariable && /^\d+$/.test(port)) return ' Write Number(process.env.PORT).'
  return ' For the file of a socket write listen({ path }).'
}

/** Whether a file is a socket at which nobody listens. */
async function isDead(path: string): Promise<boolean> {
  const file = await lstat(path).catch(() => undefined)
  if (!file?.isSocket()) return false
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy()
      resolve(false)
    })
    probe.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}

/** `URL` leaves out a scheme's own port. */
function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'https:' ? 443 : 80
}
