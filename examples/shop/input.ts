import type { StandardSchemaV1 } from '@standard-schema/spec'
import { HttpError } from 'ingot'

/** What a visitor may send, as a Standard Schema; zod or valibot would do as well. */
export class Rule<Value> {
  readonly #message: string
  readonly #accept: (input: unknown) => Value | undefined

  constructor(message: string, accept: (input: unknown) => Value | undefined) {
    this.#message = message
    this.#accept = accept
  }

  readonly '~standard' = {
    version: 1,
    vendor: 'shop',
    validate: (input: unknown) => this.#check(input, []),
  } as const

  /** The rule for an object that has a field of this kind. */
  field<Name extends string>(name: Name): StandardSchemaV1<unknown, Record<Name, Value>> {
    const validate = (input: unknown): StandardSchemaV1.Result<Record<Name, Value>> => {
      const fields = Object(input) as Record<string, unknown>
      const result = this.#check(Object.hasOwn(fields, name) ? fields[name] : undefined, [name])
      return result.issues ? result : { value: { [name]: result.value } as Record<Name, Value> }
    }
    return { '~standard': { version: 1, vendor: 'shop', validate } }
  }

  /** @throws {HttpError} 400 when the form's field breaks the rule. */
  read(form: FormData, name: string): Value {
    const value = this.#accept(form.get(name))
    if (value !== undefined) return value
    throw new HttpError(400, `The ${name} ${this.#message}.`)
  }

  #check(input: unknown, path: string[]): StandardSchemaV1.Result<Value> {
    const value = this.#accept(input)
    return value === undefined ? { issues: [{ message: this.#message, path }] } : { value }
  }
}

export const usernames = textOf(64)

export const noteNames = textOf(100)

export const noteTexts = new Rule('must be a text', (input) => (isText(input) ? input : undefined))

export const quantities = new Rule('must be a whole number from 1 to 99', (input) => {
  return isText(input) && /^[1-9][0-9]?$/.test(input) ? Number(input) : undefined
})

/** A text of at least one character, and at most so many. */
function textOf(most: number): Rule<string> {
  return new Rule(`must be a text of 1 to ${most} characters`, (input) => {
    return isText(input) && input !== '' && [...input].length <= most ? input : undefined
  })
}

/** Half a character (a lone surrogate) is not text: in a page or a hash it would become another one. */
function isText(input: unknown): input is string {
  return typeof input === 'string' && !/\p{Surrogate}/u.test(input)
}
