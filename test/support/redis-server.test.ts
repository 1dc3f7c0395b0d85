import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { requireProgram } from './installed-program.js'
import { startRedis } from './redis-server.js'

test('two servers run side by side, each empty and on its own port', async () => {
  const servers = await Promise.all([startRedis(), startRedis()])
  const clients = servers.map((server) => new Redis(server.url))
  await clients[0]!.set('only', 'first')
  expect(await Promise.all(clients.map((client) => client.get('only')))).toEqual(['first', null])
  for (const client of clients) client.disconnect()
  await Promise.all(servers.map((server) => server.stop()))
})

test('after a server was stopped, another can start on its port', async () => {
  const first = await startRedis()
  await first.stop()
  await first.stop()
  expect(first.process.signalCode).toBe('SIGKILL')
  const second = await startRedis({ port: first.port, args: ['--requirepass', 'secret'] })
  const client = new Redis(second.port, { password: 'secret' })
  expect(await client.ping()).toBe('PONG')
  client.disconnect()
  await second.stop()
})

test('a taken port is an error with the message of redis-server', async () => {
  const server = await startRedis()
  await expect(startRedis({ port: server.port })).rejects.toThrow(/Address already in use/)
  await server.stop()
})

test('a server ends with the process that started it, even when that is killed', async () => {
  const script = `import { startRedis } from ${JSON.stringify(modulePath())}
    const server = await startRedis()
    console.log(server.port)
    process.kill(process.pid, 'SIGKILL')`
  const child = spawn(
    process.execPath,
    ['--import', '@oxc-node/core/register', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const port = await new Promise<number>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(Number(chunk))),
  )
  await expect.poll(() => isListening(port), { timeout: 5_000 }).toBe(false)
})

test('a missing program is named together with its package', () => {
  expect(() => requireProgram('no-such-program', 'some-package')).toThrow(
    new Error(
      'These tests need no-such-program, which is not on PATH: install it (Debian: apt-get install some-package) and run them again.',
    ),
  )
})

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function modulePath(): string {
  return fileURLToPath(new URL('redis-server.ts', import.meta.url))
}
