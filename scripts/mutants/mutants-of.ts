import { parseSync, visitorKeys } from 'oxc-parser'

/** One change of a source text: what stands from `start` to `end` becomes `text`. */
export interface Mutant {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Where the innermost block around it begins: whoever runs the mutant has come by here. */
  readonly block: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const OPERATORS: Readonly<Record<string, ReadonlyArray<string>>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&&': ['||'],
  '||': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '??=': ['='],
  '||=': ['='],
  '&&=': ['='],
}

/** Their operators have mutants that say the opposite, so that a negation would be the same mutant twice. */
const HAS_OPPOSITE = /^(?:[<>]=?|[!=]==|!)$/

/** Every mutant of a source text that parses, in the order of the text. */
export function mutantsOf(source: string): Mutant[] {
  const { program } = parseSync('source.ts', source)
  const found: Mutant[] = []
  visit(program as unknown as Node, 0)
  return found
    .filter((mutant) => parseSync('source.ts', apply(source, mutant)).errors.length === 0)
    .sort((one, other) => one.start - other.start)

  function visit(node: Node, block: number): void {
    const add = (at: { start: number; end: number }, text: string) =>
      found.push({ start: at.start, end: at.end, text, block })
    mutate(node, source, add)
    const inside = node.type === 'BlockStatement' ? node.start + 1 : block
    for (const child of childrenOf(node)) visit(child, inside)
  }
}

export function apply(source: string, { start, end, text }: Omit<Mutant, 'block'>): string {
  return source.slice(0, start) + text + source.slice(end)
}

/** Has each block that holds a mutant note that it is reached, under `name` and the place of the block. */
export function withMarks(source: string, mutants: ReadonlyArray<Mutant>, name: string): string {
  const blocks = [...new Set(mutants.map(({ block }) => block))].sort((one, other) => other - one)
  return blocks.reduce((text, block) => {
    // Outside of every block the end is as good as the start, and does not come before a `#!`.
    const at = block === 0 ? text.length : block
    const mark = `${block === 0 ? '\n' : ''}globalThis.reachedMarks?.add(${JSON.stringify(markOf(name, block))});`
    return text.slice(0, at) + mark + text.slice(at)
  }, source)
}

export function markOf(name: string, block: number): string {
  return `${name}:${block}`
}

/** What runs of a node: no types, decorators, imports and paths of modules, names of properties. */
function childrenOf(node: Node): Node[] {
  const keys = visitorKeys[node.type] ?? []
  return keys
    .filter((key) => key !== 'decorators' && key !== 'source')
    .filter((key) => key !== 'key' || node['computed'] === true)
    .flatMap((key) => node[key] as Node | null | Array<Node | null>)
    .filter((child) => child !== null && child !== undefined)
    .filter(({ type }) => !/^(?:TS(?!AsE|Satisf|NonNull|Parameter)|Import|ExportAll)/.test(type))
}

function mutate(
  node: Node,
  source: string,
  add: (at: { start: number; end: number }, text: string) => void,
): void {
  const textOf = ({ start, end }: Node) => source.slice(start, end)
  const child = (key: string) => node[key] as Node
  const whole = textOf(node)

  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      swapOperator()
      break
    case 'UnaryExpression':
      if (node['operator'] === '!' || node['operator'] === '-') add(node, textOf(child('argument')))
      break
    case 'UpdateExpression': {
      const other = node['operator'] === '++' ? '--' : '++'
      add(node, whole.replace(/\+\+|--/, other))
      break
    }
    case 'IfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
    case 'ConditionalExpression':
      negate(child('test'))
      break
    case 'ExpressionStatement':
    case 'ThrowStatement':
      // An empty statement after an `if` is refused by the compiler.
      add(node, '{}')
      break
    case 'BlockStatement':
      emptyBody(node['body'] as Node[])
      break
    case 'ReturnStatement':
      changeReturn()
      break
    case 'ArrowFunctionExpression':
      if (child('body').type !== 'BlockStatement') negate(child('body'))
      break
    case 'AwaitExpression':
      add(node, textOf(child('argument')))
      break
    case 'MemberExpression':
    case 'CallExpression':
      if (node['optional'] === true) removeQuestion(child('object') ?? child('callee'))
      break
    case 'ArrayExpression':
      if (whole.length > 2) add(node, '[]')
      break
    case 'TemplateLiteral':
      if (whole.length > 2) add(node, '``')
      break
    case 'Literal':
      changeLiteral(node['value'])
      break
    default:
  }

  function swapOperator(): void {
    const { start } = child('right')
    const operator = String(node['operator'])
    const at = source.lastIndexOf(operator, start - 1)
    for (const other of OPERATORS[operator] ?? [])
      add({ start: at, end: at + operator.length }, other)
    if (operator === '??') for (const side of ['left', 'right']) add(node, textOf(child(side)))
    if (operator === 'in' || operator === 'instanceof') add(node, `!(${whole})`)
  }

  function negate(test: Node | null): void {
    if (test === null || HAS_OPPOSITE.test(String(test['operator']))) return
    if (test.type !== 'Literal' && !/^(?:in|instanceof)$/.test(String(test['operator'])))
      add(test, `!(${textOf(test)})`)
  }

  /** A body of one call is emptied by the mutant that removes the call. */
  function emptyBody(statements: Node[]): void {
    const [first] = statements
    if (!first || (statements.length === 1 && /^(?:Expression|Throw)/.test(first.type))) return
    add(node, '{}')
  }

  function changeReturn(): void {
    const argument = node['argument'] as Node | null
    // Without `undefined` it returns the same.
    if (!argument || textOf(argument) === 'undefined') return
    add(node, 'return')
    negate(argument)
  }

  function removeQuestion({ end }: Node): void {
    const at = source.indexOf('?.', end)
    const isName = node.type === 'MemberExpression' && node['computed'] === false
    add({ start: at, end: at + 2 }, isName ? '.' : '')
  }

  function changeLiteral(value: unknown): void {
    if (typeof value === 'boolean') add(node, String(!value))
    if (typeof value === 'number') add(node, String(value + 1))
    if (typeof value === 'string') add(node, value === '' ? "'mutant'" : "''")
  }
}
