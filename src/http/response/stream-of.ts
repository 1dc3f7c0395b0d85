/** Whether a value gives its parts one after the other: a generator, or a `Readable` of Node. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Pulls one chunk at a time, so that a slow client slows the source; a client that leaves ends it. */
export function streamOf(source: AsyncIterable<unknown>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = source[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else if (typeof value === 'string') controller.enqueue(encoder.encode(value))
      else if (value instanceof Uint8Array) controller.enqueue(value as Uint8Array<ArrayBuffer>)
      else
        throw new TypeError(
          `A handler's stream gave a ${typeof value}; its chunks are strings or Uint8Arrays`,
        )
    },
    async cancel(reason) {
      await iterator.return?.(reason)
    },
  })
}
