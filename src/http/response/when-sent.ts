import { FastResponse } from 'srvx'
import { checkLength, givenLength } from './content-length.js'
import { bytesOf } from './stream-of.js'

/** Called once, at the end of a body, with what was sent and with the error that cut it. */
export type Ended = (
  sent: { readonly bytes: number; readonly isComplete: boolean },
  error?: unknown,
) => void

/**
 * How long a head waits for the first chunk of its body, in milliseconds. What fails within that time, for
 * example a query behind a report, is an ordinary 500 with its session; what takes longer shows a head first.
 */
const HEAD_WAIT = 50

/** How many microtasks a chunk that is there already takes: two on Node 20 to 24, and one for its check. */
const MICROTASKS = 4

/** Called when the client has left, with the promise of the end of what makes the body. */
type Leave = (over: Promise<void>) => void

/**
 * Reads the first chunk of a response, before its head is decided. A stream of events is a head without a
 * chunk for as long as nothing happens (HTML 9.2), so that one waits only for what fails at once.
 *
 * @throws what the body throws before its first chunk.
 */
export async function withFirstChunk(response: Response): Promise<Response> {
  const { body, status, statusText, headers } = response
  if (body === null) return response
  const isEvents = headers.get('content-type')?.startsWith('text/event-stream')
  const reader = body.getReader()
  const length = givenLength(headers)
  const first = reader.read().then((read): Read => {
    const chunk = read.done ? NOTHING : bytesOf(read.value)
    checkLength(chunk.byteLength, length, read.done)
    return read.done ? read : { done: false, value: chunk }
  })
  // A source does not know by itself that it has failed.
  first.catch((error: unknown) => reader.cancel(error)).catch(() => {})
  await firstOf(first, isEvents ? 0 : HEAD_WAIT)
  return new FastResponse(watched(reader, first), { status, statusText, headers })
}

/** Waits for a promise, but no longer than so many milliseconds. */
async function firstOf(promise: Promise<unknown>, most: number): Promise<void> {
  const seen = { isSettled: false }
  const settle = (): void => void (seen.isSettled = true)
  promise.then(settle, settle)
  // The chunk of a text or of bytes is there after some microtasks, so it needs no timer.
  for (let turn = 0; turn < MICROTASKS && !seen.isSettled; turn++) await Promise.resolve()
  if (seen.isSettled) return void (await promise)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, most)))
  // A promise that is settled wins, also when the time is over.
  await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/**
 * Calls `finish` once: after the last byte of the body was taken, or when the client left, or when the
 * body failed (with the error). A response without a body is finished as soon as it is returned.
 */
export function whenSent(response: Response, finish: Ended, leave: Leave): Response {
  const { body } = response
  if (body === null) {
    queueMicrotask(() => finish({ bytes: 0, isComplete: true }))
    return response
  }
  const { status, statusText, headers } = response
  const length = givenLength(headers)
  // Nobody has read it since it got its first chunk: one stream around another is enough.
  if (LISTENERS.has(body) && !body.locked) {
    LISTENERS.set(body, { finish, leave, length })
    return response
  }
  const reader = body.getReader()
  const watchedBody = watched(reader)
  LISTENERS.set(watchedBody, { finish, leave, length })
  return new FastResponse(watchedBody, { status, statusText, headers })
}

/** Who hears of the end of a watched body, and how long it is to be. */
interface Listener {
  readonly finish: Ended
  readonly leave: Leave
  readonly length: number
}

const LISTENERS = new WeakMap<ReadableStream, Listener>()

/** Before the application listens. */
const NOBODY: Listener = { finish: () => {}, leave: () => {}, length: NaN }

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>
type Read = Awaited<ReturnType<Reader['read']>>

const NOTHING = new Uint8Array()

function watched(reader: Reader, first?: Promise<Read>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let hasLeft = false
  let bytes = 0
  let pending = first
  const listener = (): Listener => LISTENERS.get(body) ?? NOBODY
  const body: ReadableStream<Uint8Array<ArrayBuffer>> = new ReadableStream(
    {
      async pull(controller) {
        const reading = pending ?? reader.read()
        pending = undefined
        try {
          const { done, value } = await reading
          // This chunk was read while the client left.
          if (hasLeft) return
          const chunk = done ? NOTHING : bytesOf(value)
          checkLength((bytes += chunk.byteLength), listener().length, done)
          if (!done) return controller.enqueue(chunk)
          controller.close()
        } catch (error) {
          if (hasLeft) return
          controller.error(error)
          void reader.cancel(error).catch(() => {})
          return listener().finish({ bytes, isComplete: false }, error)
        }
        listener().finish({ bytes, isComplete: true })
      },
      async cancel(reason) {
        hasLeft = true
        // The source may fail because its reader left; that is not an error of the request.
        pending?.catch(() => {})
        const over = reader.cancel(reason).catch(() => {})
        listener().leave(over)
        await over
        listener().finish({ bytes, isComplete: false })
      },
    },
    // Nothing is read before it is sent, so that whoever is to hear of the end hears of it.
    { highWaterMark: 0 },
  )
  LISTENERS.set(body, NOBODY)
  return body
}
