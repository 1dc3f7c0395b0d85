import { HttpError } from '../errors/http-error.js'

/** What one form may hold; more is a 413. */
export interface FormLimits {
  /** Fields and files together. Default: 1,000. */
  readonly parts?: number
  /** Files. Default: 100. */
  readonly files?: number
  /** Characters of the name of a field, or of a file. Default: 500. */
  readonly nameLength?: number
  /** Bytes of one field that is no file. Default: 1,048,576 (1 MiB). */
  readonly fieldSize?: number
  /** Bytes of one file. Default: as many as the body may have. */
  readonly fileSize?: number
}

const DEFAULTS: Required<FormLimits> = {
  parts: 1_000,
  files: 100,
  nameLength: 500,
  fieldSize: 1_048_576,
  fileSize: Infinity,
}

/**
 * The limits with their defaults. Own properties only: a polluted `Object.prototype` must not raise one.
 *
 * @throws RangeError when one limits nothing.
 */
export function formLimitsOf(given: FormLimits = {}): Required<FormLimits> {
  const limits = { ...DEFAULTS }
  for (const name of Object.keys(DEFAULTS) as (keyof FormLimits)[]) {
    const limit = Object.hasOwn(given, name) ? given[name] : undefined
    if (limit === undefined) continue
    if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 0))
      throw new RangeError(
        `App: formLimits.${name} must be a whole number or Infinity, not ${limit}.`,
      )
    limits[name] = limit
  }
  return limits
}

/** Counts what one form has. */
export class FormCount {
  readonly #limits: Required<FormLimits>
  #parts = 0
  #files = 0

  constructor(limits: Required<FormLimits>) {
    this.#limits = limits
  }

  /** @throws HttpError 413 when this part is one too many, or its name too long. */
  add({ name, filename }: { readonly name: string; readonly filename?: string | undefined }): void {
    const { files, nameLength } = this.#limits
    this.checkParts(++this.#parts)
    if (filename !== undefined && ++this.#files > files)
      throw tooMuch(`may have ${files} files at most`)
    if (Math.max(name.length, filename?.length ?? 0) > nameLength)
      throw tooMuch(`may have names of ${nameLength} characters at most`)
  }

  /** @throws HttpError 413 when there are more than there may be. */
  checkParts(count: number): void {
    const { parts } = this.#limits
    if (count > parts) throw tooMuch(`may have ${parts} fields and files at most`)
  }

  /** @throws HttpError 413 when a part has more bytes than it may. */
  checkSize(bytes: number, filename: string | undefined): void {
    const { fieldSize, fileSize } = this.#limits
    if (filename === undefined && bytes > fieldSize)
      throw tooMuch(`may have fields of ${fieldSize} bytes at most`)
    if (filename !== undefined && bytes > fileSize)
      throw tooMuch(`may have files of ${fileSize} bytes at most`)
  }
}

function tooMuch(what: string): HttpError {
  return new HttpError(413, `The form ${what}`)
}
