import { HttpError } from '../errors/http-error.js'
import type { FormLimits } from './form-limits.js'
import { MalformedForm, MultipartReader, type PartHead } from './multipart.js'
import { fileOf, textOf } from './parse-form.js'

type Arrived = PartHead | Uint8Array | null

/**
 * The parts of a multipart form, one after the other as they arrive, for files that are too large to hold: ask
 * for it by type, and go through it with `for await`. A part that is not read is skipped.
 */
export class FormParts implements AsyncIterable<FormPart> {
  readonly #body: ReadableStream<Uint8Array> | null
  readonly #reader: MultipartReader
  readonly #arrived: Arrived[] = []
  #isBegun = false
  #isEnded = false
  #isClosed = false

  /** @internal */
  constructor(
    body: ReadableStream<Uint8Array> | null,
    contentType: string | null,
    limits: Required<FormLimits>,
  ) {
    this.#body = body
    this.#reader = named(() => {
      return new MultipartReader(contentType, limits, (head) => {
        this.#arrived.push(head)
        return (chunk) => void this.#arrived.push(chunk)
      })
    })
  }

  /**
   * @throws TypeError when somebody has gone through it.
   * @throws HttpError 400 when the form is malformed or breaks off, 413 when it has more than it may.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<FormPart, void, undefined> {
    if (this.#isBegun) throw new TypeError('The parts of a form can be read once')
    this.#isBegun = true
    const body = this.#body?.getReader()
    const next = async (): Promise<Arrived | undefined> => {
      if (this.#isClosed) throw new TypeError(TOO_LATE)
      while (this.#arrived.length === 0 && !this.#isEnded) {
        const { done, value } = (await body?.read()) ?? { done: true, value: undefined }
        this.#isEnded = done
        named(() => (done ? this.#reader.end() : this.#reader.write(value)))
      }
      return this.#arrived.shift()
    }
    let part: FormPart | undefined
    try {
      for (let head = await next(); head !== undefined; head = await next()) {
        part = new FormPart(head as PartHead, async () => (await next()) as Uint8Array | null)
        yield part
        await part.skip()
      }
    } finally {
      // `return part.text()` leaves the loop while it is read.
      await part?.whenCollected()
      this.#isClosed = true
      await body?.cancel().catch(() => {})
    }
  }
}

const TOO_LATE = 'A part of a form can be read once, before the next one is asked for'

/** One field or file of a form that is read as it arrives. */
export class FormPart {
  readonly name: string
  /** There is one for a file. It is what the sender wrote: never use it as a path. */
  readonly filename: string | undefined
  /** What the sender says that it is. */
  readonly type: string
  readonly #head: PartHead
  readonly #next: () => Promise<Uint8Array | null>
  #isTaken = false
  #isOver = false
  #isSkipped = false
  #collecting: Promise<Uint8Array[]> | undefined

  /** @internal */
  constructor(head: PartHead, next: () => Promise<Uint8Array | null>) {
    this.name = head.name
    this.filename = head.filename
    this.type = head.type
    this.#head = head
    this.#next = next
  }

  /** The content as it arrives; the form waits until it is read. */
  stream(): ReadableStream<Uint8Array> {
    const chunks = this.#take()
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await chunks.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: async () => void (await chunks.return(undefined)),
      },
      { highWaterMark: 0 },
    )
  }

  /** The content as text, up to `formLimits.fieldSize` for a field, `fileSize` for a file. */
  async text(): Promise<string> {
    const chunks = await this.#collect()
    return named(() => textOf(chunks, this.#head.charset))
  }

  /** The content as a file, held in memory. */
  async file(): Promise<File> {
    return fileOf(this.#head, await this.#collect())
  }

  /**
   * Reads what is left of it.
   *
   * @internal
   */
  async skip(): Promise<void> {
    await this.whenCollected()
    this.#isTaken = true
    this.#isSkipped = !this.#isOver
    while (!this.#isOver) await this.#read()
  }

  /**
   * Waits for `text()` and `file()`.
   *
   * @internal
   */
  async whenCollected(): Promise<void> {
    await this.#collecting?.catch(() => {})
  }

  #collect(): Promise<Uint8Array[]> {
    const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> => {
      const all: Uint8Array[] = []
      for await (const chunk of chunks) all.push(chunk)
      return all
    }
    return (this.#collecting = collect(this.#take()))
  }

  #take(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#isTaken) throw new TypeError(TOO_LATE)
    this.#isTaken = true
    return this.#chunks()
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      // Ending here would pass for the end of the file.
      if (this.#isSkipped) throw new TypeError(TOO_LATE)
      if (this.#isOver) return
      const chunk = await this.#read()
      if (chunk === null) return
      yield chunk
    }
  }

  async #read(): Promise<Uint8Array | null> {
    const chunk = await this.#next()
    this.#isOver = chunk === null
    return chunk
  }
}

/** What a visitor can cause is a 400. */
function named<Value>(run: () => Value): Value {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof MalformedForm)) throw error
    throw new HttpError(400, 'The form in the body is malformed', {
      errors: [{ in: 'body', detail: 'is not a valid form' }],
      cause: error,
    })
  }
}
