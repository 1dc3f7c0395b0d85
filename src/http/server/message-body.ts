import type { IncomingMessage } from 'node:http'
import { tooLarge } from '../errors/problem.js'
import { BodyCollector, type BodyBounds } from '../request/body-collector.js'
import { brokenOff } from '../request/read-body.js'

export type Body = ReadableStream<Uint8Array<ArrayBuffer>>

/** Reads the whole body of a message. */
export function collected(message: IncomingMessage, bounds: BodyBounds): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const collector = new BodyCollector(bounds, (error) => {
      stop()
      message.resume()
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the collector gives errors
      reject(error)
    })
    const stop = follow(message, {
      chunk: (chunk) => collector.add(chunk),
      end: () => resolve(collector.end()),
      fail: (error) => collector.fail(brokenOff(error)),
    })
  })
}

/** Takes nothing from the connection before somebody reads, and no more than they read. */
export function bodyStream(
  message: IncomingMessage,
  bounds: () => BodyBounds,
  onRead: () => void,
): Body {
  let stop: (() => void) | undefined
  let size = 0
  const begin = (controller: ReadableStreamDefaultController<Uint8Array>): (() => void) =>
    follow(message, {
      chunk: (chunk) => {
        const { bodyLimit } = bounds()
        size += chunk.length
        if (size > bodyLimit) {
          stop?.()
          message.resume()
          controller.error(tooLarge(bodyLimit))
        } else {
          controller.enqueue(chunk)
          message.pause()
        }
      },
      end: () => controller.close(),
      fail: (error) => controller.error(error),
    })
  return new ReadableStream(
    {
      pull(controller) {
        onRead()
        stop ??= begin(controller)
        message.resume()
      },
      cancel() {
        stop?.()
        message.resume()
      },
    },
    { highWaterMark: 0 },
  )
}

interface Follower {
  readonly chunk: (chunk: Uint8Array<ArrayBuffer>) => void
  readonly end: () => void
  readonly fail: (error: unknown) => void
}

/** Listens to a message until its end; the returned function stops that. */
function follow(message: IncomingMessage, follower: Follower): () => void {
  const { chunk, end, fail } = follower
  const onEnd = (): void => {
    stop()
    end()
  }
  const onFail = (error?: unknown): void => {
    stop()
    fail(error ?? message.errored ?? new DOMException('The request was aborted.', 'AbortError'))
  }
  const stop = (): void => {
    message.off('data', chunk).off('end', onEnd).off('close', onFail)
  }
  if (message.destroyed) queueMicrotask(() => onFail())
  // The listener for errors stays: without one the process would end.
  message.on('data', chunk).once('end', onEnd).once('close', onFail).once('error', onFail)
  return stop
}
