// Run by place.test.ts: two workers of node:cluster, as PM2 starts them with `-i 2`, or one process with a descriptor.
import cluster from 'node:cluster'
import { App, route, type ListenOptions } from 'ingot'

const where = JSON.parse(process.argv[2] ?? '{}') as ListenOptions

if (process.argv[3] === 'cluster' && cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()]
  for (const worker of workers) {
    worker.on('message', (message: unknown) => console.log(JSON.stringify(message)))
    worker.on('exit', (code) => console.log(JSON.stringify({ code })))
  }
  process.stdin.on('end', () => workers.forEach((worker) => worker.send('close'))).resume()
} else {
  const app = new App({ routes: [route.get('/', () => `${process.pid}`)] })
  const told = await app.listen(where).then(
    ({ url, port }) => ({ url, port, pid: process.pid }),
    (error: unknown) => ({ error: String(error) }),
  )
  if (process.send) process.send(told)
  else console.log(JSON.stringify(told))
  const close = (): void => void app.close().finally(() => process.disconnect?.())
  if (process.send) process.once('message', close)
  else process.stdin.on('end', close).resume()
}
