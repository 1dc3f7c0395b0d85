import type { Node } from 'oxc-parser'

/** Types, and JSX, whose event handlers are made at each rendering and are never injected. */
export function isLeftAlone(node: Node): boolean {
  if (node.type === 'TSModuleDeclaration') return node.declare
  return (node.type.startsWith('TS') && !EVALUATED.has(node.type)) || node.type.startsWith('JSX')
}

const EVALUATED: ReadonlySet<string> = new Set([
  'TSExportAssignment',
  'TSInstantiationExpression',
  'TSParameterProperty',
])
