import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

const PROGRAM = 'test/http/server/reload-program.ts'

async function ask(port: number, agent: Agent): Promise<string> {
  const asked = request({ port, host: '127.0.0.1', agent }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return String(Buffer.concat((await response.toArray()) as Buffer[]))
}

test('workers that are reloaded as PM2 does it end by themselves, and no request is lost [B10, B14]', async () => {
  const args = ['--import', '@oxc-node/core/register', PROGRAM]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.stdin.end())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string)

  const port = (await line()) as number
  const load = { isOver: false }
  // A test that fails must not go on asking.
  onTestFinished(() => void (load.isOver = true))
  const served = new Set<string>()
  const visit = async (keepAlive: boolean): Promise<void> => {
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    while (!load.isOver) served.add(await ask(port, agent))
  }
  // One that fails rejects at once.
  const visits = Promise.all([true, true, ...Array<false>(8).fill(false)].map(visit))
  const reloading = (async () => {
    child.stdin.write('reload\n')
    const ends = [await line(), await line()]
    load.isOver = true
    return ends
  })()
  const [ends] = await Promise.all([reloading, visits])
  expect(ends).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ])
  // Each worker has served, the new ones as well.
  expect(served.size).toBe(4)
})
