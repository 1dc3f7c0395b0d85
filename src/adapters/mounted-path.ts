/** Whether a path is the one below which an application is mounted, or below it. */
export function isBelow(base: string, path: string): boolean {
  return (
    path.startsWith(base) &&
    (path.length === base.length || path[base.length] === '/' || base === '')
  )
}
