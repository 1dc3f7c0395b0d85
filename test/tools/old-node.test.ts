import { afterAll, beforeAll, expect, test } from 'vitest'
import { Consumer } from '../package/consumer.js'

const NODE = ['-y', '-p', 'node@18', '--', 'node']
let consumer: Consumer

beforeAll(async () => {
  consumer = await Consumer.create()
  consumer.write('app.js', "import { App } from 'ingot'\nnew App({ routes: [] })\n")
})
afterAll(() => consumer.remove())

test('Node 18 says in one sentence that it is too old, and nothing of what it lacks [D10]', async () => {
  const running = consumer.execute('npx', [...NODE, 'app.js'])
  const { stderr } = (await running.catch((error: unknown) => error)) as { stderr: string }
  expect(stderr).toMatch(
    /\n\[Error: Ingot needs Node 20\.19 or newer, and this is 18\.\d+\.\d+\. Install one from https:\/\/nodejs\.org\.\]\n/,
  )
  expect(stderr).not.toMatch(/export named|\n\s+at /)
})
