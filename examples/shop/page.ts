import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { HttpError } from 'ingot'
import { html, Html } from './html.js'
import { pictureOf } from './pictures.js'
import type { Visitor } from './visitor.js'

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8')
// A constant of its own, because its hash is that of the text between the tags, to the last space.
const styleElement = new Html(`<style>${style}</style>`)
const styleHash = createHash('sha256').update(style).digest('base64')

/**
 * A whole page, as a response. It needs no script, and its policy allows none.
 *
 * @param problem what was wrong with the form; the page gets its status.
 */
export function page(visitor: Visitor, content: Html, problem?: HttpError): Response {
  return new Response(document(visitor, content, problem).text, {
    status: problem?.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    },
  })
}

function document(visitor: Visitor, content: Html, problem: HttpError | undefined): Html {
  const { username } = visitor
  const notice = visitor.hear()
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>The Foundry Shop</title>
        ${styleElement}
      </head>
      <body>
        <a class="skip" id="skip" href="#main">Skip to the content</a>
        <header>
          <p class="brand"><a href="/">${pictureOf('brand')} The Foundry Shop</a></p>
          ${username === undefined ? loginForm() : logoutForm(username)}
        </header>
        <main id="main" tabindex="-1">
          ${notice && html`<p class="notice" role="status">${notice}</p>`}
          ${problem && html`<p class="problem" role="alert">${problem.message}</p>`} ${content}
        </main>
        <footer>
          <p>An example of Ingot. Each handler asked for a <code>Session</code>, and got one.</p>
        </footer>
      </body>
    </html> `
}

function loginForm(): Html {
  return html`<form class="account" method="post" action="/login">
    <label for="username">Your name</label>
    <input id="username" name="username" required maxlength="64" autocomplete="username" />
    <label><input id="remember" name="remember" type="checkbox" /> Remember me</label>
    <button>Log in</button>
  </form>`
}

function logoutForm(username: string): Html {
  return html`<form class="account" method="post" action="/logout">
    <p>Logged in as <strong class="name">${username}</strong></p>
    <a href="/sessions">Your sessions</a>
    <button class="quiet">Log out</button>
  </form>`
}
