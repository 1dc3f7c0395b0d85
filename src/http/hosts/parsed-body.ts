import type { IncomingMessage } from 'node:http'
import { tooLarge } from '../errors/problem.js'
import { kindOf } from '../request/read-body.js'

/**
 * The bytes of a body that the host has read before: `rawBody` where it keeps one, else what it made of them, written
 * again. `undefined` when nobody has read it.
 *
 * @throws HttpError 413 over the limit.
 * @throws Error when the host has read the body and kept nothing that says what it was, such as a form with files.
 */
export function parsedBytes(
  message: IncomingMessage & { readonly rawBody?: unknown; readonly body?: unknown },
  limit: number,
  parsed?: unknown,
): Uint8Array<ArrayBuffer> | undefined {
  if (!message.readableDidRead) return undefined
  const given = message.rawBody ?? parsed ?? message.body
  const bytes = bytesOf(given, message.headers['content-type'] ?? null)
  if (!bytes) {
    throw new Error(
      'The body was read before Ingot could read it, and nothing of it is in req.body: ' +
        'put the application before the parser, or ask the parser for what it has read.',
    )
  }
  if (bytes.byteLength > limit) throw tooLarge(limit)
  return bytes
}

function bytesOf(given: unknown, contentType: string | null): Uint8Array<ArrayBuffer> | undefined {
  if (given instanceof Uint8Array) return new Uint8Array(given)
  if (typeof given === 'string') return encoded(given)
  if (given === undefined) return undefined
  const kind = kindOf(contentType)
  if (kind === 'json') return encoded(JSON.stringify(given))
  const isForm = kind === 'form' && !contentType?.toLowerCase().startsWith('multipart/')
  return isForm && typeof given === 'object' && given !== null
    ? encoded(formOf(given).toString())
    : undefined
}

/** Nested objects get the names that they came with: `a[b]=1`. */
function formOf(fields: object): URLSearchParams {
  const form = new URLSearchParams()
  const add = (name: string, content: unknown): void => {
    if (Array.isArray(content)) for (const one of content) add(name, one)
    else if (typeof content === 'object' && content !== null)
      for (const [key, one] of Object.entries(content)) add(`${name}[${key}]`, one)
    else form.append(name, String(content))
  }
  for (const [name, content] of Object.entries(fields)) add(name, content)
  return form
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text))
}
