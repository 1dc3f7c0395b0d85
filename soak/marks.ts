/** Everything that a visitor writes begins with it. It must not be in the output of the shop. */
export const PLANTED = 'planted-'

/** Everything that the visitor of this number writes begins with it. */
export function markOf(visitor: number): string {
  return `${PLANTED}${visitor}-x`
}

/** The numbers of the visitors who wrote parts of this text. */
export function ownersIn(text: string): number[] {
  return [...text.matchAll(MARKS)].map(([, number]) => Number(number))
}

const MARKS = new RegExp(`${PLANTED}(\\d+)-x`, 'g')
