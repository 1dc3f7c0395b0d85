import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, site } from './serve-site.js'

const html = new Map(pages.map((page) => [page, readFileSync(join(site, page), 'utf8')]))

test('the site was made: run `npm run docs` before', () => {
  expect(pages).toContain('index.html')
  expect(pages).toContain('reference/ingot.html')
  expect(pages.length).toBeGreaterThan(30)
})

test('every link within the site leads to a page, and to a place on it', () => {
  const broken = pages.flatMap((page) =>
    targets(page, 'href').flatMap(({ path, hash }) => {
      if (!existsSync(join(site, path))) return `${page}: ${path}`
      const there = html.get(path)
      const isThere = !hash || !there || there.includes(` id="${hash}"`)
      return isThere ? [] : `${page}: ${path}#${hash}`
    }),
  )
  expect([...new Set(broken)]).toEqual([])
})

test('every picture, style sheet and script is a file of the site', () => {
  const missing = pages.flatMap((page) =>
    targets(page, 'src').flatMap(({ path }) => (existsSync(join(site, path)) ? [] : path)),
  )
  expect(missing).toEqual([])
  const foreign = [...html].flatMap(([page, text]) =>
    [
      ...text.matchAll(/<(?:link|script|img|iframe)\b[^>]*(?:href|src)="(?:https?:)?\/\/[^"]*"/g),
    ].map(([tag]) => `${page}: ${tag}`),
  )
  expect(foreign).toEqual([])
})

/** What the attributes of a page name in this site. */
function targets(page: string, attribute: 'href' | 'src') {
  const base = new URL(page, 'http://site/')
  const named = html.get(page)!.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))
  return [...named].flatMap(([, link = '']) => {
    const url = new URL(link.replaceAll('&amp;', '&'), base)
    if (url.host !== 'site') return []
    const path = decodeURIComponent(url.pathname.slice(1))
    return {
      path: path === '' || path.endsWith('/') ? `${path}index.html` : path,
      hash: decodeURIComponent(url.hash.slice(1)),
    }
  })
}
