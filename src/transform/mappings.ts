/**
 * The mappings of a source map with one source, made from left to right. Each segment is relative to
 * the one before it: https://tc39.es/ecma426/#sec-mappings
 */
export class Mappings {
  #text = ''
  #isLineEmpty = true
  #generatedColumn = 0
  #line = 0
  #column = 0

  /** Says that a column of the present generated line comes from a line and column of the source. */
  add(generatedColumn: number, line: number, column: number): void {
    const moved = generatedColumn - this.#generatedColumn
    const step = column - this.#column
    const isStep = line === this.#line && step === moved && !this.#isLineEmpty
    this.#text +=
      (isStep ? STEPS[step] : undefined) ??
      `${this.#isLineEmpty ? '' : ','}${quantity(moved)}A${quantity(line - this.#line)}${quantity(step)}`
    this.#isLineEmpty = false
    this.#generatedColumn = generatedColumn
    this.#line = line
    this.#column = column
  }

  /** Begins the next generated line. */
  endLine(): void {
    this.#text += ';'
    this.#isLineEmpty = true
    this.#generatedColumn = 0
  }

  toString(): string {
    return this.#text
  }
}

/** A number in base 64, five bits at a time, its sign in the lowest; nearly all are small. */
function quantity(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  while (rest > 31) {
    text += DIGITS[(rest & 31) | 32]
    rest >>>= 5
  }
  return text + DIGITS[rest]
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Nearly all segments: some characters further in the same line, in the code and in the source alike. */
const STEPS = Array.from({ length: 32 }, (_, step) => `,${quantity(step)}AA${quantity(step)}`)
