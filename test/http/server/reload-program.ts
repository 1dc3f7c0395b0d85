// Run by reload.test.ts: reloads two workers as PM2 does. A new one has to listen before an old one gets SIGINT.
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { App, route } from 'ingot'

/** All workers of a cluster that ask for any free port get the same one. */
let port = 0

async function started(): Promise<Worker> {
  const worker = cluster.fork()
  const [address] = (await once(worker, 'listening')) as [AddressInfo]
  port = address.port
  return worker
}

async function ended(old: Worker): Promise<void> {
  old.process.kill('SIGINT')
  const [code, signal] = (await once(old, 'exit')) as [number, string | null]
  console.log(JSON.stringify({ code, signal }))
}

if (cluster.isPrimary) {
  const old = await Promise.all([started(), started()])
  console.log(port)
  await once(process.stdin, 'data')
  const workers = await Promise.all([started(), started()])
  // A busy parent: it accepts connections and knows of nothing while the old ones close, 500 ms after the signal.
  setTimeout(() => {
    const until = Date.now() + 1000
    while (Date.now() < until);
  }, 400)
  await Promise.all(old.map(ended))
  // They serve until the test has seen them.
  process.stdin.on('end', () => {
    for (const worker of workers) worker.process.kill('SIGKILL')
    process.exit()
  })
} else {
  const app = new App({ routes: [route.get('/', () => `${process.pid}`)] })
  await app.listen({ port: 0, hostname: '127.0.0.1', closeOn: ['SIGINT'], beforeClose: 500 })
}
