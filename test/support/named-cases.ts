import {
  parseSync,
  Visitor,
  type ArrayExpression,
  type CallExpression,
  type StringLiteral,
  type TemplateLiteral,
} from 'oxc-parser'

/** The abuse cases that the titles of a test file name: `CP-01`, and each of `CP-13 to CP-16`. */
export function namedCases(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const cases: string[] = []
  new Visitor({
    CallExpression: (call) => {
      if (isTest(call.callee)) cases.push(...titlesOf(call).flatMap(casesIn))
    },
  }).visit(program)
  return cases
}

/** The ids in a text; a range stands for all numbers in it. */
export function casesIn(text: string): string[] {
  const ranges = text.matchAll(/\b([A-Z]{2})-(\d\d)(?: to \1-(\d\d))?\b/g)
  return [...ranges].flatMap(([, group, first, last = first]) => {
    const length = Math.max(Number(last) - Number(first) + 1, 1)
    return Array.from({ length }, (_, index) => {
      return `${group}-${String(Number(first) + index).padStart(2, '0')}`
    })
  })
}

/** `it(…)`, `test(…)` and `describe(…)`, also as `test.each(…)(…)`; a skipped one does not count. */
function isTest(callee: unknown): boolean {
  const { type, name, object, property, callee: made } = Object(callee) as Record<string, unknown>
  if (type === 'Identifier') return ['it', 'test', 'describe'].includes(name as string)
  if (type === 'CallExpression') return isTest(made)
  const isSkipped = ['skip', 'todo'].includes((Object(property) as { name?: string }).name ?? '')
  return type === 'MemberExpression' && !isSkipped && isTest(object)
}

/** A title that begins with `%s` begins with the first text of each row of `each`. */
function titlesOf({ callee, arguments: [first] }: CallExpression): string[] {
  const title = textOf(first)
  if (!title.startsWith('%s') || callee.type !== 'CallExpression') return [title]
  const rows = elementsOf(callee.arguments[0]).map((row) => textOf(elementsOf(row)[0] ?? row))
  return [title, ...rows]
}

function textOf(node: unknown): string {
  const { type, value, quasis } = Object(node) as {
    type?: string
    value?: StringLiteral['value']
    quasis?: TemplateLiteral['quasis']
  }
  if (type === 'TemplateLiteral') return (quasis ?? []).map((part) => part.value.raw).join('…')
  return typeof value === 'string' ? value : ''
}

function elementsOf(node: unknown): readonly unknown[] {
  return (Object(node) as Partial<ArrayExpression>).elements ?? []
}
