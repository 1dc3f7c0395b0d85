/** HTML: every value is escaped, unless it is HTML itself. Lists are joined, `undefined` is left out. */
export class Html {
  constructor(readonly text: string) {}
}

export function html(strings: TemplateStringsArray, ...values: readonly unknown[]) {
  return new Html(String.raw({ raw: strings }, ...values.map(write)))
}

/** A whole page, as a response. */
export function page(title: string, content: Html) {
  const { text } = html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${title}</title>
      <h1>${title}</h1>
      ${content}
     `
  return new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}

function write(value: unknown): string {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(write).join('')
  if (value === undefined) return ''
  return String(value).replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
