import { make, type Parser, type PartInfo } from 'multipasta'
import { readDisposition, type Disposition } from './disposition.js'
import { FormCount, type FormLimits } from './form-limits.js'

/** The body is no form, or broke off; what a visitor can cause is not an error of ours. */
export class MalformedForm extends Error {}

/** What a part says about itself before its content. */
export interface PartHead extends Disposition {
  readonly type: string
  /** Of a text: UTF-8 unless the part names another one (RFC 7578 4.5). */
  readonly charset: string
}

/** Takes the content of a part, chunk by chunk, and `null` at its end. */
export type TakeChunk = (chunk: Uint8Array | null) => void

/** Reads `multipart/form-data` as it arrives. */
export class MultipartReader {
  readonly #parser: Parser
  readonly #count: FormCount
  #isOver = false

  /** @throws MalformedForm when there is no boundary. */
  constructor(
    contentType: string | null,
    limits: Required<FormLimits>,
    onPart: (head: PartHead) => TakeChunk,
  ) {
    this.#count = new FormCount(limits)
    this.#parser = make({
      headers: { 'content-type': `multipart/form-data; boundary="${boundaryOf(contentType)}"` },
      // Whether it is a file is for us to say, by its head.
      isFile: () => true,
      onFile: (info) => this.#begin(info, onPart),
      onField: () => {},
      onError: ({ _tag: reason }) => {
        if (!this.#isOver) throw new MalformedForm(reason)
      },
      onDone: () => (this.#isOver = true),
    })
  }

  /**
   * @throws MalformedForm when it is none.
   * @throws HttpError 413 when it has more than it may.
   */
  write(chunk: Uint8Array): void {
    // What follows the last part is no part of the form (RFC 2046 5.1.1), whatever it is.
    if (!this.#isOver) this.#parser.write(chunk)
  }

  /** @throws MalformedForm when the last boundary did not come. */
  end(): void {
    // The parser holds back what may be the start of a boundary.
    if (!this.#isOver) this.#parser.end()
    if (!this.#isOver) throw new MalformedForm('the last boundary is missing')
  }

  #begin(info: PartInfo, onPart: (head: PartHead) => TakeChunk): TakeChunk {
    if (this.#isOver) return () => {}
    const head = headOf(info)
    this.#count.add(head)
    const take = onPart(head)
    let size = 0
    return (chunk) => {
      if (this.#isOver) return
      if (chunk) this.#count.checkSize((size += chunk.length), head.filename)
      take(chunk)
    }
  }
}

const BYTES = 'application/octet-stream'

function headOf({ headers, contentType, contentTypeParameters }: PartInfo): PartHead {
  const disposition = readDisposition(headers['content-disposition'])
  if (!disposition) throw new MalformedForm('a part has no name')
  const coding = headers['content-transfer-encoding']
  // RFC 7578 4.7: nobody sends another one; stored as it is, it would be another content.
  if (coding !== undefined && !/^(?:7bit|8bit|binary)$/i.test(String(coding).trim()))
    throw new MalformedForm('a part has a transfer encoding')
  const type = headers['content-type'] === undefined ? 'text/plain' : contentType
  // Node's `fetch` names no file that is nameless, and axios no buffer; as text their bytes would be lost.
  const filename = disposition.filename ?? (type === BYTES ? '' : undefined)
  return {
    name: disposition.name,
    filename,
    type,
    charset: contentTypeParameters['charset'] ?? 'utf-8',
  }
}

/**
 * The boundary of a form (RFC 2046 5.1.1). Some clients leave out the quotes that its characters need.
 *
 * @throws MalformedForm without one.
 */
export function boundaryOf(contentType: string | null): string {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"\\]+)"|([^\s";]+))/i.exec(contentType ?? '') ?? []
  const boundary = quoted ?? bare ?? ''
  if (!/^[\u0020-\u007e]{1,200}$/.test(boundary)) throw new MalformedForm('no boundary')
  return boundary
}
