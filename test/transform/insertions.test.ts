import { SourceMap } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Insertions } from '../../src/transform/insertions.js'

const words = ['a', 'b1', '$', 'é', '🍞']
const signs = [' ', '\t', '(', ')', '.', '"', '\n', '\r\n', '\r', '\u2028', '\u2029']
const texts = fc.string({ unit: fc.constantFrom(...words, ...signs), maxLength: 80 })

test('the map leads from each word and each sign to where it was', () => {
  const places = fc.array(fc.tuple(fc.nat(80), fc.constantFrom('«»', '«more»')))
  fc.assert(
    fc.property(texts, places, (text, puts) => {
      const insertions = new Insertions()
      // Notes stand between words and signs, never within.
      const between = [...text.matchAll(/[\w$\u{80}-\u{10ffff}]+|\r\n|[^]|$/gu)].map(
        ({ index }) => index,
      )
      for (const [place, code] of puts) insertions.put(between[place % between.length]!, code)
      const { code, map } = insertions.into(text, 'file.ts')
      expect(code.replaceAll(/«\w*»/g, '')).toBe(text)
      expect(foundBy(map, code)).toEqual(tokensOf(text))
    }),
    { numRuns: 500 },
  )
})

test('what is put at one place stands in the order of the calls', () => {
  const insertions = new Insertions()
  insertions.put(1, '1')
  insertions.put(0, '0')
  insertions.put(1, '2')
  expect(insertions.into('ab', 'file.ts').code).toBe('0a12b')
})

test('the map has the source and its name in it, as an object and as JSON', () => {
  const insertions = new Insertions()
  insertions.put(1, '+')
  const { map } = insertions.into('a b', 'file.ts')
  const expected = {
    version: 3,
    sources: ['file.ts'],
    sourcesContent: ['a b'],
    names: [],
    mappings: 'AAAA,GAAE',
  }
  expect(JSON.parse(map.toString())).toEqual(expected)
  expect(structuredClone(map)).toEqual(expected)
})

/** Each word and sign of a text, with its line and column. */
function tokensOf(text: string): string[] {
  return tokenPlaces(text).map(({ token, line, column }) => `${token} ${line}:${column}`)
}

/** The same, as the map tells it of a code that the text is in. */
function foundBy(map: { toString(): string }, code: string): string[] {
  const sourceMap = new SourceMap(JSON.parse(map.toString()))
  const blank = code.replaceAll(/«\w*»/g, (put) => ' '.repeat(put.length))
  return tokenPlaces(blank).map(({ token, line, column }) => {
    const { originalLine, originalColumn } = sourceMap.findEntry(line, column) as {
      originalLine: number
      originalColumn: number
    }
    return `${token} ${originalLine}:${originalColumn}`
  })
}

function tokenPlaces(text: string) {
  // The lines that compilers count: https://tc39.es/ecma262/#prod-LineTerminatorSequence
  return text.split(/\r\n|[\n\r\u2028\u2029]/).flatMap((content, line) => {
    const tokens = [...content.matchAll(/[\w$\u{80}-\u{10ffff}]+|[^\s\w]/gu)]
    return tokens.map(({ 0: token, index }) => ({ token, line, column: index }))
  })
}
