import { FastResponse } from 'srvx'

/**
 * Calls `finish` once: after the last byte of the body was taken, or when the client left, or when the
 * body failed (with the error). A response without a body is finished as soon as it is returned.
 */
export function whenSent(response: Response, finish: (error?: unknown) => void): Response {
  if (response.body === null) {
    queueMicrotask(finish)
    return response
  }
  const { status, statusText, headers } = response
  return new FastResponse(watch(response.body, finish), { status, statusText, headers })
}

function watch(
  body: ReadableStream<Uint8Array>,
  finish: (error?: unknown) => void,
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
        return finish(error)
      }
      finish()
    },
    async cancel(reason) {
      hasLeft = true
      // The source may fail because its reader left; that is not an error of the request.
      await reader.cancel(reason).catch(() => {})
      finish()
    },
  })
}
