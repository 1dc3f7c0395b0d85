/** One `Vary` without duplicates; `*` stays alone (RFC 9110 12.5.5). */
export function mergeVary(present: string | null, added: string): string {
  if ((present === null && !added.includes(',')) || present === added) return added
  const names = new Map<string, string>()
  for (const name of `${present ?? ''},${added}`.split(',').map((part) => part.trim())) {
    if (name === '*') return '*'
    if (name && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return [...names.values()].join(', ')
}
