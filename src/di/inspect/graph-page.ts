import { escaped } from './picture.js'

/** One part of the page: a picture, and the plan in words. */
export interface GraphPart {
  readonly name: string
  readonly picture: string
  readonly words: string
}

/** The whole graph and each of its routes as one page, which needs no script and loads nothing. */
export function graphPage(picture: string, routes: readonly GraphPart[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What routes are injected with</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 1rem; color-scheme: light dark }
div { overflow-x: auto } pre { overflow-x: auto; font-size: 13px } summary { cursor: pointer; font-family: monospace }</style>
<main>
<h1>What routes are injected with</h1>
<div tabindex="0" role="region" aria-label="All routes">${picture}</div>
<h2>Each route</h2>
${routes.map(part).join('\n')}
</main>
</html>`
}

function part({ name, picture, words }: GraphPart): string {
  const label = escaped(name)
  return `<details><summary>${label}</summary>
<div tabindex="0" role="region" aria-label="${label}">${picture}</div>
<pre tabindex="0">${escaped(words)}</pre></details>`
}
