/** `/cart` and `/` are `/cart`; `/cart` and `:sku` are `/cart/:sku`. */
export function joinPaths(prefix: string, path: string): string {
  const segments = [prefix, path]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
  return `/${segments.join('/')}`
}
