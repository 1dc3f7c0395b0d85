/** A path as OpenAPI writes it. */
export interface PathTemplate {
  /** `/cart/{sku}` */
  readonly path: string
  /** The names of its parameters, in order. */
  readonly names: readonly string[]
  /** What the pattern says beyond that. */
  readonly note: string | undefined
}

/** `:sku`, `:sku?`, `:path+`, `:id(\\d+)`, `**:rest`, `**`, `*` and unnamed groups, as the router has them. */
const PART = /\*\*:(\w+)|:([A-Za-z_]\w*)(?:\(([^)]*)\))?([?+*])?|(\*+)|\(([^)]*)\)/g

export function pathTemplate(pattern: string): PathTemplate {
  const names: string[] = []
  const notes: string[] = []
  let unnamed = 0
  const path = pattern.replaceAll(
    PART,
    (_, rest?: string, name?: string, inside?: string, many?: string, star?: string) => {
      const known = rest ?? name ?? String(unnamed++)
      names.push(known)
      if (inside !== undefined) notes.push(`\`${known}\` matches ${inside}.`)
      if (many === '?') notes.push(`\`${known}\` may be left out.`)
      if (rest !== undefined || many === '+' || many === '*' || star === '**')
        notes.push(`\`${known}\` may be several parts of the path, with their slashes.`)
      return `{${known}}`
    },
  )
  return { path, names, note: notes.join(' ') || undefined }
}
