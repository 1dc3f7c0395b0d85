import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const pages = fileURLToPath(new URL('..', import.meta.url))
const project = resolve(pages, '..')
const { repository } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
const sources = repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

/** Pages in the order in which they are read; what is not listed is found by search and links only. */
const SECTIONS = [
  ['Tutorial', [['Ten steps', 'tutorial/index'], ...below('tutorial')]],
  [
    'Guides',
    [
      ['Asking and providing', 'injection'],
      ['Plain functions', 'plain-functions'],
      ['What a handler returns', 'bodies'],
      ['Errors, files, compression', 'responses'],
      ['Around your handlers', 'http'],
      ['Cross-site requests', 'cross-site'],
      ['Sessions', 'sessions'],
      ['What can go wrong', 'failures'],
      ['Stores', 'stores'],
      ['The page for developing', 'dev'],
      ['OpenAPI', 'openapi'],
      ['Testing', 'testing'],
      ['Other frameworks', 'frameworks'],
      ['Runtimes', 'runtimes'],
      ['Security', 'security'],
      ['Observability', 'observability'],
    ],
  ],
  ['Recipes', below('recipes')],
  [
    'In production',
    [
      ['Serving', 'serving'],
      ['Deployment', 'deployment'],
      ['Sizing', 'sizing'],
    ],
  ],
  [
    'Moving to Ingot',
    [['From express-session', 'from-express-session'], ['Moving', 'moving'], ...below('moving')],
  ],
  [
    'Reference',
    [
      ['Names', 'names'],
      ['API', 'reference/index'],
    ],
  ],
  [
    'Inside',
    [
      ['Architecture', 'architecture'],
      ['Sizes of the package', 'sizes'],
      ['Releasing', 'releasing'],
      ...below('decisions'),
    ],
  ],
]

export default {
  title: 'Ingot',
  description: 'Dependency injection by type, and sessions, for request handlers in TypeScript.',
  lang: 'en',
  srcExclude: ['node_modules/**'],
  // The pages name no server but their own: nobody learns who reads them.
  head: [
    ['meta', { name: 'referrer', content: 'no-referrer' }],
    ['link', { rel: 'icon', href: 'data:,' }],
  ],
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    externalLinkIcon: true,
    nav: SECTIONS.map(([text, items]) => [text, present(items)])
      .filter(([, items]) => items.length > 0)
      .filter(([text]) => text !== 'Inside' && text !== 'Moving to Ingot')
      .map(([text, [first]]) => ({ text, link: first.link })),
    sidebar: SECTIONS.map(([text, items]) => ({ text, items: present(items) })).filter(
      ({ items }) => items.length > 0,
    ),
  },
  // The index of the search is one file, which is loaded when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // As code hosts name the headings, so that one link works there and here.
    anchor: {
      slugify: (heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
          .trim()
          .replaceAll(/\s/g, '-'),
    },
    config: (markdown) => {
      markdown.core.ruler.push('links', linkSources)
      markdown.core.ruler.push('headers', keepHeadersNamed)
    },
  },
}

/** Files of the project that are no pages are shown where its sources are. */
function linkSources({ tokens, env }) {
  const links = tokens
    .flatMap((token) => token.children ?? [])
    .filter((token) => token.type === 'link_open')
  for (const link of links) {
    const target = link.attrGet('href')
    if (/^(?:[a-z]+:|#|\/)/.test(target)) continue
    const [path] = target.split('#')
    const file = relative(project, resolve(dirname(env.path), path))
    if (file.startsWith('docs/') || file === 'docs') continue
    const kind = /\.\w+$/.test(file) ? 'blob' : 'tree'
    link.attrSet('href', `${sources}/${kind}/main/${file}`)
  }
}

/** A header without a text is none for a screen reader. */
function keepHeadersNamed({ tokens }) {
  for (const [index, { type, content }] of tokens.entries()) {
    if (type !== 'inline' || content !== '' || tokens[index - 1].type !== 'th_open') continue
    tokens[index - 1].tag = 'td'
    tokens[index + 1].tag = 'td'
  }
}

/** Only what exists: some pages are made by others, or at build. */
function present(items) {
  return items
    .filter(([, page]) => existsSync(join(pages, `${page}.md`)) || page === 'reference/index')
    .map(([text, page]) => ({ text, link: `/${page.replace(/index$/, '')}` }))
}

/** The pages of a folder by name, each with its own heading. */
function below(folder) {
  if (!existsSync(join(pages, folder))) return []
  return readdirSync(join(pages, folder))
    .filter((file) => file.endsWith('.md') && file !== 'index.md')
    .sort()
    .map((file) => {
      const [, heading] = /^# (.+)$/m.exec(readFileSync(join(pages, folder, file), 'utf8'))
      return [heading, `${folder}/${file.slice(0, -3)}`]
    })
}
