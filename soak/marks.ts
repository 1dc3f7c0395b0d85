/** What all that visitors write begins with; nothing of it may be in the output of the shop. */
export const PLANTED = 'planted-'

/** What all that the visitor of this number writes begins with. */
export function markOf(visitor: number): string {
  return `${PLANTED}${visitor}-x`
}

/** The numbers of the visitors who wrote something of this text. */
export function ownersIn(text: string): number[] {
  return [...text.matchAll(MARKS)].map(([, number]) => Number(number))
}

const MARKS = new RegExp(`${PLANTED}(\\d+)-x`, 'g')
