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

/** What a page shows beside its content. */
interface PageFacts {
  /** The number of things in the visitor's cart. */
  readonly inCart: number
  /** What was wrong with the form; the page gets its status. */
  readonly problem?: HttpError | undefined
}

/** A whole page, as a response. It needs no script, and its policy allows none. */
export function page(visitor: Visitor, content: Html, { inCart, problem }: PageFacts): Response {
  const { username } = visitor
  const notice = visitor.hear()
  const tools = html`${cartLink(inCart)}
  ${username === undefined ? loginForm() : logoutForm(username)}`
  const main = html`${notice && html`<p class="notice" role="status">${notice}</p>`}
  ${problem && html`<p class="problem" role="alert">${problem.message}</p>`} ${content}`
  return new Response(document(tools, main).text, {
    status: problem?.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    },
  })
}

/** The page for a browser whose request went wrong: nothing of the visitor is asked for. */
export function errorPage({ status, title, detail }: ErrorFacts): string {
  const content = html`<section class="shelf">
    <h1>${status === 404 ? 'There is no such page' : title}</h1>
    <p class="lead">${detail}</p>
    <p><a href="/">To the shop</a></p>
  </section>`
  return document(new Html(''), content).text
}

interface ErrorFacts {
  readonly status: number
  readonly title: string
  readonly detail?: string | undefined
}

function document(tools: Html, main: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>The Foundry Shop</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${styleElement}
      </head>
      <body>
        <a class="skip" id="skip" href="#main">Skip to the content</a>
        <header>
          <p class="brand"><a href="/">${pictureOf('brand')} The Foundry Shop</a></p>
          ${tools}
        </header>
        <main id="main" tabindex="-1">${main}</main>
        <footer>
          <p>An example of Ingot. Each handler asked for a <code>Session</code>, and got one.</p>
        </footer>
      </body>
    </html> `
}

/** On a small screen the cart is far below: the way to it, and how much is in it. */
function cartLink(inCart: number): Html {
  return html`<a class="to-cart" href="/#cart">Cart <span class="count">${inCart}</span></a>`
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
