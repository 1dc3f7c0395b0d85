/**
 * Whether a statement or field ends at an offset for want of a semicolon: an arrow function ends there,
 * behind which nothing but these signs goes on. https://tc39.es/ecma262/#sec-automatic-semicolon-insertion
 */
export function endsWithLine(text: string, arrowEnd: number): boolean {
  COMMENTS.lastIndex = arrowEnd
  COMMENTS.test(text)
  const next = text[COMMENTS.lastIndex]
  return next !== undefined && !',;:)]}'.includes(next)
}

const COMMENTS = /(?:\s|\/\/.*|\/\*[^]*?\*\/)*/y
