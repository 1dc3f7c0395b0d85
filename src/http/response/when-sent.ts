import { FastResponse } from 'srvx'

/** Who hears of the end of a response. */
export interface SentListener {
  /** Called once; with the error when the body failed. */
  finish(error?: unknown): void
  /** Called when the client has left, with the promise of the end of what made the body. */
  leave(ended: Promise<void>): void
}

/**
 * Calls `finish` once: after the last byte of the body was taken, or when the client left, or when the
 * body failed (with the error). A response without a body is finished as soon as it is returned.
 */
export function whenSent(response: Response, listener: SentListener): Response {
  if (response.body === null) {
    queueMicrotask(() => listener.finish())
    return response
  }
  const { status, statusText, headers } = response
  return new FastResponse(watch(response.body, listener), { status, statusText, headers })
}

function watch(
  body: ReadableStream<Uint8Array>,
  listener: SentListener,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let hasLeft = false
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        // This chunk was read while the client left.
        if (hasLeft) return
        if (!done) return controller.enqueue(value)
        controller.close()
      } catch (error) {
        if (hasLeft) return
        controller.error(error)
        return listener.finish(error)
      }
      listener.finish()
    },
    async cancel(reason) {
      hasLeft = true
      // The source may fail because its reader left; that is not an error of the request.
      const ended = reader.cancel(reason).catch(() => {})
      listener.leave(ended)
      await ended
      listener.finish()
    },
  })
}
