import type { SessionBackend } from '../../src/sessions/index.js'

const NUMBERS = ['createdAt', 'authenticatedAt', 'lifetime', 'dataVersion', 'replacedUntil']
const TEXTS = ['userId', 'label', 'successor', 'predecessor']

/**
 * What the text of a record says: layout and times as `m:…`, notes as `n:…`, and fields as they are. Written apart
 * from the library's own, from what docs/decisions says of it.
 */
export function contentOf(text: string): Map<string, string> {
  const content = new Map([
    ['m:layout', text.slice(0, 1)],
    ['m:seenAt', text.slice(1, 14)],
  ])
  const end = text.indexOf(';', 15)
  const head = text.slice(15, end).split(',')
  let at = end + 1
  const next = (length: number): string => text.slice(at, (at += length))
  for (const [index, name] of [...NUMBERS, ...TEXTS].entries()) {
    const value = head[index] as string
    if (value === '') continue
    content.set(nameOf(name), index < NUMBERS.length ? value : next(Number(value)))
  }
  while (at < text.length) {
    const [lengths = '', name = '', own = ''] = /^(\d+)\.(\d+):/.exec(text.slice(at)) ?? []
    at += lengths.length
    content.set(next(Number(name)), next(Number(own)))
  }
  return content
}

/** The text that says so, whatever it is: how a test damages a record. */
export function textOf(content: ReadonlyMap<string, string>): string {
  const numbers = NUMBERS.map((name) => content.get(nameOf(name)) ?? '')
  const texts = TEXTS.map((name) => content.get(nameOf(name)))
  const head = [...numbers, ...texts.map((text) => text?.length ?? '')].join(',')
  let text = `${content.get('m:layout')}${content.get('m:seenAt')};${head};${texts.join('')}`
  for (const [name, own] of content) {
    if (!/^[mn]:/.test(name)) text += `${name.length}.${own.length}:${name}${own}`
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

function nameOf(name: string): string {
  return /^(?:replacedUntil|successor|predecessor)$/.test(name) ? `n:${name}` : `m:${name}`
}
