import fc, { type Parameters } from 'fast-check'

const ASKED = Number(process.env['FUZZ_RUNS'] ?? 0)

/** Milliseconds for one fuzz test with its many runs. */
export const FUZZ_TIMEOUT = ASKED > 0 ? 3_600_000 : 60_000

const SEED = process.env['FUZZ_SEED']

/**
 * How often to try a property: a fixed number in `npm test`, or `FUZZ_RUNS`. A failure prints the seed, which
 * `FUZZ_SEED` repeats, and the path.
 */
export function runs(usual: number): Parameters<unknown> {
  const numRuns = Math.max(usual, Number.isSafeInteger(ASKED) ? ASKED : 0)
  return { numRuns, ...(SEED !== undefined && { seed: Number(SEED) }) }
}

/** Names with a meaning in JavaScript, in a header or in this library. */
const SPECIAL = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'then',
  'toJSON',
  'id',
  '__Host-session',
  '__host-session',
  'm:createdAt',
  'n:successor',
  'd:a',
  '%00',
  '%',
  '%E0%A4%A',
  '\ud800',
  '\udc00',
  '\ufeff',
  '\u2028',
  '-0',
  'null',
  'undefined',
]

/** Any text, well-formed or not, with those names in it. */
export const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...SPECIAL),
)

/** Well-formed text that can be a header: visible ASCII, and bytes above it. */
export const headerText = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
      { weight: 1, arbitrary: fc.constantFrom(0x09, 0x80, 0xa0, 0xe9, 0xff) },
    ),
    { maxLength: 60 },
  )
  .map((codes) => String.fromCharCode(...codes))

/** A text that an attacker has changed: cut, doubled, swapped, with strange pieces in it. */
export function mutated(valid: string, piece: fc.Arbitrary<string> = text): fc.Arbitrary<string> {
  const position = fc.nat(valid.length)
  const edit = fc.oneof(
    fc.tuple(position, position, piece).map(
      ([from, to, added]) =>
        (given: string) =>
          given.slice(0, Math.min(from, to)) + added + given.slice(Math.max(from, to)),
    ),
    fc.tuple(position, piece).map(
      ([at, added]) =>
        (given: string) =>
          given.slice(0, at) + added + given.slice(at),
    ),
    position.map((at) => (given: string) => given.slice(0, at)),
    position.map((at) => (given: string) => given.slice(at)),
    fc.constantFrom<(given: string) => string>(
      (given) => given + given,
      (given) => given.toUpperCase(),
      (given) => given.split('').toReversed().join(''),
      (given) => encodeURIComponent(wellFormed(given)),
      (given) => `"${given}"`,
    ),
  )
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) => edits.reduce((given, change) => change(given), valid))
}

/** The text without half surrogate pairs, which UTF-8 cannot carry. */
export function wellFormed(given: string): string {
  return given.replaceAll(/\p{Surrogate}/gu, '\ufffd')
}

/** Fails when an input has changed the prototype of all objects. */
export function isPrototypeClean(): boolean {
  return JSON.stringify(Reflect.ownKeys(Object.prototype).map(String)) === CLEAN
}

const CLEAN = JSON.stringify(Reflect.ownKeys(Object.prototype).map(String))
