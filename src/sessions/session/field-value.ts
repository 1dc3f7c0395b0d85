import { decode, encode, type Serializer } from './serializer.js'

/** The value of one field: a text as loaded, decoded when it is read; or a value as written. */
export class FieldValue {
  /** The text as it was loaded, or encoded when it was written. */
  readonly written: string
  readonly #path: string
  readonly #serializer: Serializer | undefined
  #value: unknown
  #isDecoded: boolean

  private constructor(
    written: string,
    path: string,
    serializer: Serializer | undefined,
    value: unknown,
    isDecoded: boolean,
  ) {
    this.written = written
    this.#path = path
    this.#serializer = serializer
    this.#value = value
    this.#isDecoded = isDecoded
  }

  static loaded(text: string, path: string, serializer: Serializer | undefined): FieldValue {
    return new FieldValue(text, path, serializer, undefined, false)
  }

  /** @throws SessionUsageError when the value cannot be carried. */
  static of(value: unknown, path: string, serializer: Serializer | undefined): FieldValue {
    return new FieldValue(encode(value, path, serializer), path, serializer, value, true)
  }

  /** @throws SessionUsageError when the text is damaged. */
  get value(): unknown {
    if (!this.#isDecoded) this.#value = this.copy()
    this.#isDecoded = true
    return this.#value
  }

  /** The text as it is now: other than as written when somebody has changed the value inside. */
  get text(): string {
    return this.isMutable ? encode(this.#value, this.#path, this.#serializer) : this.written
  }

  /** Whether somebody holds a value that can be changed inside. */
  get isMutable(): boolean {
    return this.#isDecoded && typeof this.#value === 'object' && this.#value !== null
  }

  /** A value that shares nothing with `value`. */
  copy(): unknown {
    return decode(this.text, this.#path, this.#serializer)
  }
}
