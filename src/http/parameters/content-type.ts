/** What a body says it is. */
export type ContentKind = 'json' | 'form' | 'text' | 'other'

/** The kind of a `Content-Type`; JSON includes `application/problem+json` and the like (RFC 6839). */
export function kindOf(contentType: string | null): ContentKind {
  const [essence = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  const type = essence.trim()
  if (type === 'multipart/form-data') return 'form'
  if (!isUtf8(parameters)) return 'other'
  if (type === 'application/json' || /^[^/]+\/[^/]+\+json$/.test(type)) return 'json'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  return type.startsWith('text/') ? 'text' : 'other'
}

/** Another charset would be read as the wrong characters. */
function isUtf8(parameters: readonly string[]): boolean {
  const charset = parameters
    .map((parameter) => parameter.trim())
    .find((parameter) => parameter.startsWith('charset='))
  return charset === undefined || /^charset="?(utf-8|utf8|us-ascii)"?$/.test(charset)
}
