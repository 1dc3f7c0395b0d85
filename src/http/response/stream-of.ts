/** Whether a value gives its parts one after the other: a generator, or a `Readable` of Node. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Pulls one chunk at a time, so that a slow client slows the source; a client that leaves ends it. */
export function streamOf(source: AsyncIterable<unknown>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) return controller.close()
      try {
        controller.enqueue(bytesOf(value))
      } catch (error) {
        void iterator.return?.(error).catch(() => {})
        throw error
      }
    },
    async cancel(reason) {
      await iterator.return?.(reason)
    },
  })
}

const encoder = new TextEncoder()

/**
 * A chunk as bytes. Written as it is, another one would cut the connection, and nobody would hear why.
 *
 * @throws TypeError when it is neither text nor bytes.
 */
export function bytesOf(chunk: unknown): Uint8Array<ArrayBuffer> {
  if (chunk instanceof Uint8Array) return chunk as Uint8Array<ArrayBuffer>
  if (typeof chunk === 'string') return encoder.encode(chunk)
  throw new TypeError(
    `A handler's stream gave a ${typeof chunk}; its chunks are strings or Uint8Arrays`,
  )
}
