// Makes requests on kept connections, one after the other on each, for some time.
import { Connection } from './connection.js'

/** What is to be asked, by whom, and for how long. */
export interface Load {
  readonly port: number
  /** One text for each connection: the request that it repeats. */
  readonly requests: readonly string[]
  readonly milliseconds: number
}

process.on('message', (load: Load) => {
  void run(load).then((count) => process.send!(count))
})

async function run({ port, requests, milliseconds }: Load): Promise<number> {
  let isOver = false
  let answers = 0
  const repeat = async (request: string): Promise<void> => {
    const connection = await Connection.open(port)
    const bytes = Buffer.from(request, 'latin1')
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        if (isOver) return resolve()
        connection.send(bytes, (status) => {
          if (status !== 200) return reject(new Error(`It answered ${status} to ${request}`))
          if (!isOver) answers += 1
          next()
        })
      }
      next()
    })
    connection.close()
  }
  setTimeout(() => (isOver = true), milliseconds)
  await Promise.all(requests.map(repeat))
  return answers
}
