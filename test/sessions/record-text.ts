import type { SessionBackend } from '../../src/sessions/index.js'

/** The facts of a record in their order: a time, a text or a whole number. */
const FACTS = {
  'm:authenticatedAt': 'time',
  'm:userId': 'text',
  'm:label': 'text',
  'm:lifetime': 'number',
  'm:dataVersion': 'number',
  'm:epoch': 'text',
  'm:reach': 'time',
  'n:predecessor': 'text',
  'n:successor': 'text',
  'n:replacedUntil': 'time',
} as const
const DIGITS = [...Array(92).keys()].map((digit) => String.fromCharCode(33 + digit)).join('')

/**
 * What the text of a record says: layout and times as `m:…`, notes as `n:…`, and fields as they are. Written apart
 * from the library's own, from what docs/decisions says of it.
 */
export function contentOf(text: string): Map<string, string> {
  const content = new Map([
    ['m:layout', text.slice(0, 1)],
    ['m:seenAt', text.slice(1, 14)],
  ])
  let at = 14
  const number = (): number => {
    const digit = DIGITS.indexOf(text[at++]!)
    return digit < 46 ? digit : digit - 46 + 46 * number()
  }
  const next = (length: number): string => text.slice(at, (at += length))
  const time = (): string => {
    const digits = [...next(7)].toReversed().map((digit) => DIGITS.indexOf(digit))
    return String(digits.reduce((value, digit) => value * 92 + digit, 0) - 92 ** 7 / 2)
  }
  content.set('m:createdAt', time())
  const mask = number()
  for (const [index, [name, kind]] of Object.entries(FACTS).entries()) {
    if (Math.floor(mask / 2 ** index) % 2 === 0) continue
    content.set(name, kind === 'time' ? time() : kind === 'text' ? next(number()) : `${number()}`)
  }
  while (at < text.length) {
    const [kindAndName, own] = [number(), number()]
    const name = (kindAndName % 2 === 0 ? 'd:' : 'f:') + next(Math.floor(kindAndName / 2))
    content.set(name, next(own))
  }
  return content
}

/** The text that says so, whatever it is: how a test damages a record. */
export function textOf(content: ReadonlyMap<string, string>): string {
  const packed = (value: number): string =>
    value < 46 ? DIGITS[value]! : DIGITS[46 + (value % 46)]! + packed(Math.floor(value / 46))
  const time = (text: string): string => {
    if (!/^-?\d+$/.test(text)) return text
    let rest = Number(text) + 92 ** 7 / 2
    let digits = ''
    for (; digits.length < 7; rest = Math.floor(rest / 92)) digits += DIGITS[rest % 92]
    return digits
  }
  const count = (text: string) => (/^\d+$/.test(text) ? packed(Number(text)) : text)
  let mask = 0
  let facts = ''
  for (const [index, [name, kind]] of Object.entries(FACTS).entries()) {
    const value = content.get(name)
    if (value === undefined) continue
    mask += 2 ** index
    if (kind === 'text') facts += packed(value.length) + value
    else facts += kind === 'time' ? time(value) : count(value)
  }
  const createdAt = time(content.get('m:createdAt') ?? '')
  let text = `${content.get('m:layout')}${content.get('m:seenAt')}${createdAt}${packed(mask)}${facts}`
  for (const [field, own] of content) {
    if (/^[mn]:/.test(field)) continue
    const name = field.slice(2)
    text += packed(2 * name.length + Number(field.startsWith('f:'))) + packed(own.length)
    text += name + own
  }
  return text
}

/** Writes these into a record, behind the back of its store. */
export async function damage(
  backend: Pick<SessionBackend, 'read' | 'replace'>,
  key: string,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const record = await backend.read(key)
  if (!record) throw new Error('there is no such record')
  const text = textOf(new Map([...contentOf(record.text), ...Object.entries(changes)]))
  await backend.replace(key, record.version, text, 1e9)
}
