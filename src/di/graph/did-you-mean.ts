import { describeToken, NamedToken, type Token } from '../tokens/token.js'

/**
 * Says which known token was probably meant, if one is near by name.
 *
 * @param remedy what is known to be written instead: then only another of the same name is told.
 */
export function nearest(token: Token, known: readonly Token[], remedy?: string): string {
  const name = nameOf(token)
  if (known.some((one) => one !== token && nameOf(one) === name)) {
    return ` Something else of the same name is provided: is ${name} defined or installed twice?`
  }
  return remedy === undefined ? didYouMean(name, known.map(nameOf)) : ''
}

/** `" Did you mean X?"` for the nearest of some names, or nothing when none is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  let best: string | undefined
  let least = Math.floor(name.length / 3) + 1
  for (const other of new Set(names)) {
    const distance = editDistance(name.toLowerCase(), other.toLowerCase())
    if (distance < least) [best, least] = [other, distance]
  }
  return best === undefined ? '' : ` Did you mean ${best}?`
}

/** Levenshtein's distance: insertions, deletions and substitutions from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= to.length; j++) {
      const substitute = above[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      row.push(Math.min(substitute, above[j]! + 1, row[j - 1]! + 1))
    }
  }
  return row[to.length]!
}

function nameOf(token: Token): string {
  return token instanceof NamedToken ? token.description : describeToken(token)
}
