/** The hosts against whose `repository` npm resolves the relative links of a README. */
const KNOWN_HOSTS = new Set(['github.com', 'gitlab.com', 'bitbucket.org'])

/** What of a manifest has to be filled in before the package can be published. */
export function unpublishable(manifest: Readonly<Record<string, unknown>>): string[] {
  return ['homepage', 'bugs', 'repository', 'funding'].flatMap((field) => {
    const given = manifest[field] as string | { readonly url: string } | undefined
    if (given === undefined) return `${field} is missing`
    const url = typeof given === 'string' ? given : given.url
    const host = new URL(url).hostname
    if (host.endsWith('.example')) return `${field} is a placeholder: ${url}`
    if (field === 'repository' && !KNOWN_HOSTS.has(host))
      return `${field} is not on a host where npm resolves the links of the README: ${url}`
    return []
  })
}

/**
 * Makes a release of what is under `## Unreleased`, and leaves that heading empty on top.
 *
 * @param date of the release, as `2026-11-29`.
 * @throws Error when there is nothing to release, or the version is in the file already.
 */
export function cutChangelog(changelog: string, version: string, date: string): string {
  const heading = '## Unreleased\n'
  const start = changelog.indexOf(heading)
  if (start < 0) throw new Error(`CHANGELOG.md has no heading '## Unreleased'.`)
  if (changelog.includes(`## ${version} `))
    throw new Error(`CHANGELOG.md has ${version} already: raise the version of package.json.`)
  const after = changelog.slice(start + heading.length)
  const next = after.search(/^## /m)
  if ((next < 0 ? after : after.slice(0, next)).trim() === '')
    throw new Error(
      `Nothing is under '## Unreleased' of CHANGELOG.md: there is nothing to release.`,
    )
  return `${changelog.slice(0, start)}${heading}\n## ${version} - ${date}\n${after}`
}
