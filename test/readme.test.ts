import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Block {
  readonly page: string
  readonly line: number
  /** What follows `ts`, `json` and the like on the fence: the file it shows, and after `#` its region. */
  readonly source: string
  readonly text: string
}

// `npm run docs` installs programs there, and makes the reference.
const made = /^docs\/(?:node_modules|reference|\.vitepress)\//
const pages = ['README.md', ...filesBelow('docs')].filter(
  (path) => path.endsWith('.md') && !made.test(path),
)
const blocks = pages.flatMap((page) => blocksOf(page, read(page)))

describe('every program and configuration in README.md and docs is a file of examples', () => {
  test.each(blocks)('$page:$line shows $source', ({ source, text }) => {
    expect(source, 'the file after the fence').toMatch(
      /^examples\/[\w/.-]+(?:\.(?:ts(#[\w-]+)?|json|conf|env|service|yaml)|\/Dockerfile)$/,
    )
    const [path = '', region] = source.split('#')
    expect(text).toBe(region === undefined ? read(path) : regionOf(path, region))
  })
})

test('the README shows the two commands, and pictures that are there', () => {
  const readme = read('README.md')
  expect(readme).toContain('npm ci && npm start\n')
  expect(readme).toContain('npm ci && npm test\n')
  const pictures = [...readme.matchAll(/!\[.+?\]\((.+?)\)/g)].map(([, path]) => path!)
  expect(pictures).toEqual([
    'docs/images/shop.png',
    'docs/images/graph.svg',
    'docs/images/bench.svg',
  ])
  expect(readFileSync(join(root, pictures[0]!)).subarray(1, 4).toString()).toBe('PNG')
  for (const drawing of pictures.slice(1)) expect(read(drawing)).toMatch(/^<svg [^]*<\/svg>\n$/)
})

test.each([
  ['what a handler may return, forms', 'bodies'],
  ['errors, static files, compression', 'responses'],
  ['error pages, CORS', 'http'],
  ['Docker, nginx, systemd, Kubernetes', 'deployment'],
  ['testing', 'testing'],
  ['a request id', 'recipes/request-id'],
  ['a rate limit', 'recipes/rate-limit'],
  ['an access log', 'recipes/access-log'],
  ['OAuth with form_post', 'recipes/oauth-form-post'],
  ['two applications on localhost', 'recipes/two-apps-on-localhost'],
  ['an admin page', 'recipes/admin-page'],
  ['remember me that slides', 'recipes/remember-me-that-slides'],
])('there is a page with code that runs on %s [D11]', (_, name) => {
  const shown = blocks.filter(({ page }) => page === `docs/${name}.md`)
  expect(shown.length).toBeGreaterThan(0)
})

test('every link of the README and docs to a file of this project leads somewhere', () => {
  for (const page of pages) {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!)
    const missing = links.filter((path) => !existsSync(join(root, page, '..', path)))
    expect(missing, page).toEqual([])
  }
})

describe('what this test notices', () => {
  const page =
    'text\n```ts examples/a.ts#one\nconst a = 1\n```\n~~~js\n~~~\n```typescript\nb\n```\n'

  test('blocks of TypeScript under each of its names, with line and source', () => {
    expect(blocksOf('page.md', page)).toEqual([
      { page: 'page.md', line: 2, source: 'examples/a.ts#one', text: 'const a = 1\n' },
      { page: 'page.md', line: 7, source: '', text: 'b\n' },
    ])
  })

  test('a region without the indentation of its place', () => {
    const file = '{\n  // #region one\n  a {\n    b\n  }\n\n  // #endregion\n}\n'
    expect(cut(file, 'one')).toBe('a {\n  b\n}\n')
    expect(cut(file, 'two')).toBeUndefined()
  })
})

function blocksOf(page: string, markdown: string): Block[] {
  const fences =
    /^```(?:ts|typescript|tsx|mts|json|dockerfile|nginx|ini|yaml)(?: +(.*))?\n([\s\S]*?)^```$/gm
  return [...markdown.matchAll(fences)].map(({ index, 1: source = '', 2: text = '' }) => {
    return { page, line: markdown.slice(0, index).split('\n').length, source, text }
  })
}

function regionOf(path: string, region: string): string {
  const text = cut(read(path), region)
  expect(text, `the region ${region} of ${path}`).toBeDefined()
  return text!
}

/** The lines between `// #region name` and `// #endregion`, moved to the left. */
function cut(text: string, region: string): string | undefined {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  if (start < 0) return undefined
  const end = lines.findIndex((line, index) => index > start && line.trim() === '// #endregion')
  const indentation = lines[start]!.search(/\S/)
  const inside = lines.slice(start + 1, end).map((line) => line.slice(indentation))
  return `${inside.join('\n').trim()}\n`
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length))
}
