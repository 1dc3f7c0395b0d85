import type { Redis } from 'ioredis'

/** The names of the commands that reach the server during a call, without those that scripts run. */
export async function commandsOf(admin: Redis, call: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = []
  const monitor = await admin.monitor()
  const ended = new Promise<void>((resolve) => {
    monitor.on('monitor', (_time: string, [name = '', text]: string[], source: string) => {
      if (source === 'lua') return
      if (text === END) resolve()
      else names.push(name.toLowerCase())
    })
  })
  await call()
  await admin.echo(END)
  await ended
  monitor.disconnect()
  return names
}

const END = 'the call has ended'
