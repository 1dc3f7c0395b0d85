import { expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Next, route } from '../../../src/http/index.js'
import { open, ways } from './ways.js'

// Not every Node that is supported has bytes().
const members = ['body', 'arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'].filter(
  (member) => member in Response.prototype,
)

type Readers = { readonly [member: string]: (() => Promise<unknown>) | undefined }

/** Uses up the body of a response, by one of its members. */
async function use(response: Response, member: string): Promise<void> {
  if (member === 'body') for await (const _ of response.body!);
  else await (response as unknown as Readers)[member]?.().catch(() => {})
}

test.each(members.flatMap((member) => ways.map((way) => [member, way] as const)))(
  'a body that a middleware used up by `%s` is a 500 that is told, whether it was plain or a Response, by %s',
  async (member, way) => {
    const reading = inject([Next], async (next) => {
      const response = await next()
      await use(response, member)
      return response
    })
    for (const make of [() => ({ a: 1 }), () => Response.json({ a: 1 })]) {
      const routes = [route.get('/', make, { middleware: [reading] })]
      const { ask, failures } = await open(way, { routes })
      const response = await ask('/')
      expect([response.status, await response.json()]).toEqual([
        500,
        { title: 'Internal Server Error', status: 500 },
      ])
      expect(failures).toEqual([
        new TypeError(
          'A middleware or hook read the body of the response, so that nothing is left to send. Read that of response.clone().',
        ),
      ])
    }
  },
)
