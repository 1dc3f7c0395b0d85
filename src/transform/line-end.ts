/**
 * Whether a statement or field ends without a semicolon at the end of an arrow function: only these signs
 * can continue it. https://tc39.es/ecma262/#sec-automatic-semicolon-insertion
 */
export function endsWithLine(text: string, arrowEnd: number): boolean {
  COMMENTS.lastIndex = arrowEnd
  COMMENTS.test(text)
  const next = text[COMMENTS.lastIndex]
  return next !== undefined && !',;:)]}'.includes(next)
}

const COMMENTS = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y
