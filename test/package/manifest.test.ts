import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { unpublishable } from '../../scripts/release/checks.js'

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>

test('repository, homepage, bugs and funding are there, and name a host that cannot exist [D2]', () => {
  const { repository, homepage, bugs, funding } = manifest as {
    repository: { url: string }
    homepage: string
    bugs: { url: string }
    funding: string
  }
  const hosts = [repository.url, homepage, bugs.url, funding].map((url) => new URL(url).hostname)
  // RFC 2606, section 2: nobody can register a name below `.example`.
  expect(hosts).toEqual(['code.example', 'ingot.example', 'code.example', 'ingot.example'])
})

test('the release script refuses each placeholder, and nothing of a manifest without them', () => {
  expect(unpublishable(manifest)).toEqual([
    'homepage is a placeholder: https://ingot.example',
    'bugs is a placeholder: https://code.example/ingot/ingot/issues',
    'repository is a placeholder: git+https://code.example/ingot/ingot.git',
    'funding is a placeholder: https://ingot.example/funding',
  ])
  const real = {
    homepage: 'https://ingot.test',
    bugs: { url: 'https://github.com/someone/ingot/issues' },
    repository: { url: 'git+https://github.com/someone/ingot.git' },
    funding: 'https://ingot.test/funding',
  }
  expect(unpublishable(real)).toEqual([])
  expect(
    unpublishable({ ...real, repository: { url: 'git+https://code.test/ingot.git' } }),
  ).toEqual([
    'repository is not on a host where npm resolves the links of the README: git+https://code.test/ingot.git',
  ])
  expect(unpublishable({ ...real, funding: undefined })).toEqual(['funding is missing'])
})

test('the package has what a user needs, and nothing else', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
  })
  const parsed = JSON.parse(output) as unknown
  const [{ files }] = (Array.isArray(parsed) ? parsed : Object.values(parsed as object)) as [
    { files: readonly { path: string }[] },
  ]
  const paths = files.map(({ path }) => path)
  const top = new Set(paths.map((path) => path.split('/')[0]!))
  // `dist` is not there before a build.
  top.delete('dist')
  expect(top).toEqual(
    new Set(['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json', 'src']),
  )
  // The page of `ingot dev` is read from where it was written.
  const isPage = (path: string) => /^src\/dev\/page\/[\w-]+\.(?:html|css|js)$/.test(path)
  const others = paths.filter((path) => /^src\/.*(?<!\.ts)$/.test(path))
  expect(others.filter((path) => !isPage(path))).toEqual([])
  expect(others.some(isPage)).toBe(true)
  expect(paths.filter((path) => /test\.|\.tsbuildinfo|\.env|secret\b.*\.pem/.test(path))).toEqual(
    [],
  )
})

test('links of the README are relative to the root, and to files that are in the repository [D2]', () => {
  // npm resolves them against `repository`, and code hosts against the branch that is shown.
  const links = [...readFileSync('README.md', 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
  expect(links.length).toBeGreaterThan(10)
  for (const [, path = ''] of links) {
    expect(path).not.toMatch(/^[./]/)
    expect(existsSync(path), path).toBe(true)
  }
})
