import { FormCount, type FormLimits } from './form-limits.js'
import { boundaryOf, MalformedForm, MultipartReader, type PartHead } from './multipart.js'

/**
 * Parses a form, urlencoded or multipart; `undefined` when it is malformed or no form.
 *
 * @throws HttpError 413 when it has more than it may.
 */
export function parseForm(
  bytes: Uint8Array,
  contentType: string | null,
  limits: Required<FormLimits>,
): FormData | undefined {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase()
  try {
    if (type === 'multipart/form-data') return parseMultipart(bytes, contentType, limits)
    if (type === 'application/x-www-form-urlencoded') return parseUrlEncoded(bytes, limits)
    return undefined
  } catch (error) {
    if (error instanceof MalformedForm) return undefined
    throw error
  }
}

function parseMultipart(
  bytes: Uint8Array,
  contentType: string | null,
  limits: Required<FormLimits>,
): FormData {
  const form = new FormData()
  const reader = new MultipartReader(contentType, limits, (head) => {
    const chunks: Uint8Array[] = []
    return (chunk) => {
      if (chunk) chunks.push(chunk)
      else append(form, head, chunks)
    }
  })
  reader.write(withCrLf(bytes, boundaryOf(contentType)))
  reader.end()
  return form
}

function append(form: FormData, head: PartHead, chunks: readonly Uint8Array[]): void {
  if (head.filename === undefined) form.append(head.name, textOf(chunks, head.charset))
  else form.append(head.name, fileOf(head, chunks))
}

/** A part as a file. */
export function fileOf({ filename = '', type }: PartHead, chunks: readonly Uint8Array[]): File {
  return new File(chunks as Uint8Array<ArrayBuffer>[], filename, { type })
}

/**
 * The text of a part.
 *
 * @throws MalformedForm when it is not in its charset: replacing characters would silently change what was sent.
 */
export function textOf(chunks: readonly Uint8Array[], charset: string): string {
  try {
    const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true })
    return (
      chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
    )
  } catch {
    throw new MalformedForm('a text is not in its charset')
  }
}

/** Programs that write a body by hand end its lines with LF alone; the parser takes CRLF (RFC 2046 4.1.1). */
function withCrLf(bytes: Uint8Array, boundary: string): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const opening = `--${boundary}`
  let at = text.indexOf(opening, 0, 'latin1')
  while (at > 0 && text[at - 1] !== LF) at = text.indexOf(opening, at + 1, 'latin1')
  // The first boundary decides: a field of a form with CRLF may have lines of its own.
  if (at === -1 || text[at + opening.length] !== LF) return bytes
  const [preamble = '', ...parts] = `\n${text.toString('latin1')}`.split(`\n--${boundary}`)
  const written = parts.map((part) => {
    const end = part.indexOf('\n\n')
    const head = end === -1 ? part : part.slice(0, end + 2)
    return head.replaceAll('\n', '\r\n') + part.slice(head.length)
  })
  return Buffer.from([preamble, ...written].join(`\r\n--${boundary}`), 'latin1')
}

const LF = 0x0a

function parseUrlEncoded(bytes: Uint8Array, limits: Required<FormLimits>): FormData {
  const count = new FormCount(limits)
  // Before any of them is made.
  count.checkParts(separatorsIn(bytes))
  const form = new FormData()
  for (const [name, value] of new URLSearchParams(new TextDecoder().decode(bytes))) {
    count.add({ name })
    count.checkSize(Buffer.byteLength(value), undefined)
    form.append(name, value)
  }
  return form
}

function separatorsIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(AND); at !== -1; at = bytes.indexOf(AND, at + 1)) count++
  return count
}

const AND = 0x26
