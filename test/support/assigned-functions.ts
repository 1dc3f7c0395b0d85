import { parseSync, Visitor } from 'oxc-parser'

/** Where a source assigns a function to a property as it is written, as `line: text of the line`. */
export function assignedFunctions(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const found: string[] = []
  new Visitor({
    AssignmentExpression({ left, right, start }) {
      if (left.type !== 'MemberExpression' || !FUNCTIONS.has(right.type)) return
      const line = source.slice(0, start).split('\n').length
      found.push(`${path}:${line}: ${source.split('\n')[line - 1]!.trim()}`)
    },
  }).visit(program)
  return found
}

const FUNCTIONS: ReadonlySet<string> = new Set(['ArrowFunctionExpression', 'FunctionExpression'])
