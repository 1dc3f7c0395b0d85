import type { HeaderLine } from './plain-response.js'
import { streamOf } from './stream-of.js'

/** A `Blob` or `File`, of the runtime or of another class. */
interface FileLike {
  readonly type: string
  readonly size: number
  readonly name?: string
  stream(): unknown
}

/** Recognised by shape: some libraries bring a class of their own. */
export function isFileLike(value: unknown): value is FileLike {
  if (value instanceof Blob) return true
  if (typeof value !== 'object' || value === null || !('stream' in value)) return false
  const { stream, size, type } = value as Partial<FileLike>
  return typeof stream === 'function' && typeof size === 'number' && typeof type === 'string'
}

/** The runtime knows only its own class. */
export function contentOf(file: FileLike): Blob | ReadableStream<Uint8Array<ArrayBuffer>> {
  if (file instanceof Blob) return file
  const stream = file.stream()
  if (stream instanceof ReadableStream) return stream as ReadableStream<Uint8Array<ArrayBuffer>>
  return streamOf(stream as AsyncIterable<unknown>)
}

/** Types that no browser runs, whatever is inside; with `nosniff` it does not look for another one. */
const HARMLESS =
  /^(?:(?:image\/(?!svg)|audio\/|video\/)[\w.+-]+|text\/plain|application\/(?:pdf|zip|json))(?:;[ \w=.-]*)?$/

/**
 * The headers of a file. One with a name came from an uploader, who chose its type as well: as HTML, SVG or a
 * script it would run with the rights of this website (CWE-434). So it is an attachment, and of a neutral type
 * unless that is harmless. A `Blob` has the type that the application gave it.
 */
export function linesOfFile(file: FileLike, neutral: string): HeaderLine[] {
  const { name, type } = file
  const length: HeaderLine = ['content-length', `${file.size}`]
  if (name === undefined) return [['content-type', isType(type) ? type : neutral], length]
  return [
    ['content-type', HARMLESS.test(type) ? type : neutral],
    length,
    ['content-disposition', attachment(name)],
    ['x-content-type-options', 'nosniff'],
  ]
}

/** A type goes into a header as it is. */
function isType(type: string): boolean {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+[\t\u0020-\u007e]*$/.test(type)
}

/** RFC 6266 4.3: `filename*` for those who know it, and before it a plain one for those who do not. */
function attachment(name: string): string {
  // The last part only: some uploaders send a path, and some downloaders would follow it.
  const last = name.split(/[/\\]/).at(-1) ?? ''
  if (last === '') return 'attachment'
  const plain = last.replaceAll(/[^\u0020-\u007e]|["%\\]/g, '_')
  if (plain === last) return `attachment; filename="${plain}"`
  return `attachment; filename="${plain}"; filename*=UTF-8''${escaped(last)}`
}

/** RFC 8187 3.2.1 leaves `'()*` out of what may stand for itself. */
function escaped(name: string): string {
  const wellFormed = name.replaceAll(/\p{Cs}/gu, '\ufffd')
  return encodeURIComponent(wellFormed).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
