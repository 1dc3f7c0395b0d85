import { didYouMean } from '../di/index.js'

/** A value of a form or of a query; a list sends its name once for each, and `undefined` sends nothing. */
export type FieldValue = string | number | boolean | undefined
export type FieldValues = Readonly<Record<string, FieldValue | readonly FieldValue[]>>

/** A form, as a page sends it: urlencoded, or multipart where it has files. */
export interface FormBody {
  readonly form?: FieldValues
  readonly files?: Readonly<Record<string, Blob | readonly Blob[]>>
}

/**
 * The body of a request. `{ form }`, `{ files }` or both are sent as a page sends a form; any other plain object
 * or an array is sent as JSON; everything else as `fetch` sends it.
 */
export type SendBody = FormBody | RequestInit['body'] | Record<string, unknown> | readonly unknown[]

/**
 * The body as `fetch` takes it; sets the content type of JSON.
 *
 * @throws TypeError when options stand in the place of the body.
 */
export function encodeBody(body: SendBody, headers: Headers): RequestInit {
  if (isForm(body)) return { body: formOf(body) }
  if (isPlain(body)) {
    if (!headers.has('content-type')) headers.set('content-type', 'application/json')
    return { body: JSON.stringify(body) }
  }
  // Fetch requires `duplex` with a stream: the body is sent before the response is read.
  const sent = body as NonNullable<RequestInit['body']>
  return { body: sent, ...(body instanceof ReadableStream && HALF_DUPLEX) }
}

const HALF_DUPLEX: RequestInit = { duplex: 'half' }
const FORM = ['form', 'files']

function isForm(body: SendBody): body is FormBody {
  if (!isPlain(body) || Array.isArray(body)) return false
  const names = Object.keys(body)
  if (!names.some((name) => FORM.includes(name))) return false
  const other = names.find((name) => !FORM.includes(name))
  if (other === undefined) return true
  throw new TypeError(
    `testClient: a body with form or files takes nothing else, and ${other} is there.${didYouMean(other, FORM)} ` +
      'Options follow the body: client.post(path, { form }, { query }). For JSON with such a name give its text and a content-type.',
  )
}

function formOf({ form = {}, files }: FormBody): FormData | URLSearchParams {
  const body = files ? new FormData() : new URLSearchParams()
  appendAll(body, form)
  for (const [name, given] of Object.entries(files ?? {}))
    for (const file of [given].flat()) (body as FormData).append(name, file)
  return body
}

/** Adds the values that are there. */
export function appendAll(to: FormData | URLSearchParams, values: FieldValues): void {
  for (const [name, given] of Object.entries(values))
    for (const value of [given].flat()) if (value !== undefined) to.append(name, String(value))
}

function isPlain(body: SendBody): body is Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return false
  const prototype: unknown = Object.getPrototypeOf(body)
  return Array.isArray(body) || prototype === Object.prototype || prototype === null
}
