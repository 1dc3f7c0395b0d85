import { tooLarge } from '../errors/problem.js'

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** A stream that fails with a 413 over a limit in bytes. */
export function limitedStream(
  body: ReadableStream<Uint8Array>,
  limit: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let size = 0
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        size += value.length
        if (size <= limit) return controller.enqueue(value)
        controller.error(tooLarge(limit))
        cancelLater(reader)
      },
      cancel: () => cancelLater(reader),
    },
    { highWaterMark: 0 },
  )
}

/**
 * Cancels a body that nobody reads any more, in the next turn of the event loop: the bodies that undici makes of
 * forms close themselves a microtask after their last chunk, and that throws, where nobody can catch it, when
 * they were cancelled in between.
 */
export function cancelLater(reader: Reader): void {
  setTimeout(() => void reader.cancel().catch(() => {}))
}
