import { FastResponse } from 'srvx'

/** Called with what was sent, and with the error of the body when that failed. */
export type Ended = (
  sent: { readonly bytes: number; readonly isComplete: boolean },
  error?: unknown,
) => void

/**
 * Calls `finish` once: after the last byte of the body was taken, or when the client left, or when the
 * body failed (with the error). A response without a body is finished as soon as it is returned.
 */
export function whenSent(response: Response, finish: Ended): Response {
  if (response.body === null) {
    queueMicrotask(() => finish({ bytes: 0, isComplete: true }))
    return response
  }
  const { status, statusText, headers } = response
  return new FastResponse(watch(response.body, finish), { status, statusText, headers })
}

function watch(body: ReadableStream<Uint8Array>, finish: Ended): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let hasLeft = false
  let bytes = 0
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        // This chunk was read while the client left.
        if (hasLeft) return
        if (!done) {
          bytes += value.byteLength
          return controller.enqueue(value)
        }
        controller.close()
      } catch (error) {
        if (hasLeft) return
        controller.error(error)
        return finish({ bytes, isComplete: false }, error)
      }
      finish({ bytes, isComplete: true })
    },
    async cancel(reason) {
      hasLeft = true
      // The source may fail because its reader left; that is not an error of the request.
      await reader.cancel(reason).catch(() => {})
      finish({ bytes, isComplete: false })
    },
  })
}
