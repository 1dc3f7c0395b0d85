import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'

describe('Cookies', () => {
  test('reads values by name, the first of a name', () => {
    const cookies = new Cookies('a=1; b=2; a=3')
    expect([cookies.get('a'), cookies.get('b'), cookies.get('c')]).toEqual(['1', '2', undefined])
    expect([...cookies]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(cookies.size).toBe(2)
  })

  test.each([null, undefined, '', ';', '=', ' ; = ;;'])(
    '%j has no cookie [CP-01, CP-02]',
    (header) => {
      expect([...new Cookies(header)]).toEqual([])
    },
  )

  test('gives every value of a repeated name, in order [CP-05]', () => {
    expect(new Cookies('sid=garbage; x=1; sid=valid').getAll('sid')).toEqual(['garbage', 'valid'])
    expect(new Cookies('sid=valid').getAll('other')).toEqual([])
  })

  test('tells names apart by case [CP-06]', () => {
    const cookies = new Cookies('__host-sid=evil; __HOST-SID=evil; __Host-sid=good')
    expect(cookies.getAll('__Host-sid')).toEqual(['good'])
    expect(new Cookies('__HOST-SID=evil').has('__Host-sid')).toBe(false)
  })

  test.each([
    ['CP-08', '__%48ost-sid=evil'],
    ['CP-08', '%5F%5FHost-sid=evil'],
    ['CP-09', '=__Host-sid=evil'],
    ['CP-09', '__Host-sid'],
    ['CP-09', '__Host-sid =evil'],
    ['CP-10', '..Host-sid=evil'],
    ['CP-10', '[_Host-sid=evil'],
    ['CP-10', ' _Host-sid=evil'],
  ])('%s: %s is not the cookie __Host-sid', (_, header) => {
    expect(new Cookies(header).has('__Host-sid')).toBe(false)
  })

  test('quotes are part of the value [CP-11]', () => {
    expect(new Cookies('sid="abc"').getAll('sid')).toEqual(['"abc"'])
    expect(new Cookies('sid="abc"').get('sid')).toBe('"abc"')
  })

  test.each(['%', '%E0%A4%A', '%ZZ'])(
    'keeps the malformed escape %s as it was sent [CP-13]',
    (value) => {
      expect(new Cookies(`sid=${value}`).get('sid')).toBe(value)
    },
  )

  test('decodes escapes in get, and leaves them in getAll', () => {
    const cookies = new Cookies('name=J%C3%BCrgen')
    expect(cookies.get('name')).toBe('Jürgen')
    expect(cookies.getAll('name')).toEqual(['J%C3%BCrgen'])
  })

  test('takes bytes beyond ASCII as they are, a byte order mark too [CP-14]', () => {
    expect(new Cookies('sid=\u00ff\u0080; a=\ufeffx').get('sid')).toBe('\u00ff\u0080')
    expect(new Cookies('a=\ufeffx').get('a')).toBe('\ufeffx')
  })

  test('trims blanks around a value and keeps what is inside [CP-15, CP-16]', () => {
    const cookies = new Cookies('a= \tx y\t ;b=1, other=2')
    expect(cookies.getAll('a')).toEqual(['x y'])
    expect(cookies.getAll('b')).toEqual(['1, other=2'])
  })

  test.each([';', '=', ' ', '"', '\t', 'a;', '= '])(
    'reads 15 KiB of %j in time, and twice as much in about twice the time [CP-17]',
    (piece) => {
      const took = (bytes: number): number => {
        const header = `${piece.repeat(bytes / piece.length)};sid=valid;;`
        const start = performance.now()
        const value = new Cookies(header).get('sid')
        const time = performance.now() - start
        expect(value).toBe('valid')
        return time
      }
      const best = (bytes: number) => Math.min(...Array.from({ length: 10 }, () => took(bytes)))
      expect(best(15_360)).toBeLessThan(2)
      expect(best(30_720)).toBeLessThan(4)
    },
  )

  test('names of Object.prototype are names like others [CP-18]', () => {
    expect(new Cookies('a=1').get('constructor')).toBeUndefined()
    expect(new Cookies('a=1').has('__proto__')).toBe(false)
    const cookies = new Cookies('__proto__=1; constructor=2; hasOwnProperty=3; toString=4')
    expect([cookies.get('__proto__'), cookies.get('toString')]).toEqual(['1', '4'])
    expect(({} as Record<string, unknown>)['1']).toBeUndefined()
  })

  test('finds the last of 1,800 cookies [CP-19]', () => {
    const many = Array.from({ length: 1800 }, (_, index) => `c${index}=1`).join('; ')
    const times = [1, 2, 3].map(() => {
      const start = performance.now()
      expect(new Cookies(`${many}; sid=valid`).get('sid')).toBe('valid')
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(50)
  })

  test('values are text and names have no structure [CP-21]', () => {
    const cookies = new Cookies('sid=j:{"id":1}; sid[id]=x; sid.id=y')
    expect(cookies.get('sid')).toBe('j:{"id":1}')
    expect(cookies.get('sid[id]')).toBe('x')
  })

  test('shows names and no value when it is printed', () => {
    expect(inspect(new Cookies('sid=secret; a=1'))).toBe('Cookies(sid, a)')
    expect(JSON.stringify(new Cookies('sid=secret'))).toBe('{}')
  })
})
