import type { Node } from 'oxc-parser'

/** Types, and JSX: its handlers of events are made at each rendering, and are nobody's to inject. */
export function isLeftAlone(node: Node): boolean {
  if (node.type === 'TSModuleDeclaration') return node.declare
  return (node.type.startsWith('TS') && !EVALUATED.has(node.type)) || node.type.startsWith('JSX')
}

const EVALUATED: ReadonlySet<string> = new Set([
  'TSExportAssignment',
  'TSInstantiationExpression',
  'TSParameterProperty',
])
