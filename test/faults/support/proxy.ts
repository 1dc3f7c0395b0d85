import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy to one server, which a test can make slow, silent or unreachable. */
export interface Proxy {
  readonly port: number
  /** Delays each reply of the server by so many milliseconds. */
  delay(milliseconds: number): void
  /** Delays what is sent to the server by so many milliseconds. */
  delayCommands(milliseconds: number): void
  /** Accepts data and passes nothing on, in both directions. Connections stay open. */
  swallow(): void
  /** Passes data on again; what was dropped stays lost. */
  pass(): void
  /** Cuts the open connections; new ones are accepted. */
  cut(): void
  /** Refuses new connections, and cuts the open ones. */
  refuse(): void
  stop(): Promise<void>
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const state = { delay: 0, commands: 0, isDeaf: false, isRefusing: false }
  const server = createServer((client) => {
    if (state.isRefusing) return void client.resetAndDestroy()
    const upstream = connect(target, '127.0.0.1')
    join(client, upstream, () => state.commands)
    join(upstream, client, () => state.delay)
  })

  function join(from: Socket, to: Socket, delay: () => number): void {
    sockets.add(from)
    from.on('data', (chunk) => {
      if (state.isDeaf) return
      if (delay() === 0) to.write(chunk)
      else setTimeout(() => to.destroyed || to.write(chunk), delay())
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }

  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    delay: (milliseconds) => void (state.delay = milliseconds),
    delayCommands: (milliseconds) => void (state.commands = milliseconds),
    swallow: () => void (state.isDeaf = true),
    pass: () =>
      void Object.assign(state, { delay: 0, commands: 0, isDeaf: false, isRefusing: false }),
    cut,
    refuse: () => {
      state.isRefusing = true
      cut()
    },
    stop: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
