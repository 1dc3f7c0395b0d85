import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { BODY_LIMIT, bigBytes } from './shop.js'

/** What each runtime has to do with each store: requests to `shop.ts` over http. */
export const CHECKS: Readonly<Record<string, (url: string) => Promise<void>>> = {
  async 'an anonymous visitor who only reads gets no cookie'(url) {
    const response = await fetch(`${url}/visits`)
    assert.deepEqual(await response.json(), { visits: 0 })
    assert.deepEqual(response.headers.getSetCookie(), [])
    assert.match(response.headers.get('vary') ?? '', /\bCookie\b/)
  },

  async 'a session counts over requests'(url) {
    const visitor = new Visitor(url)
    for (const visits of [1, 2, 3])
      assert.deepEqual(await (await visitor.send('/visits')).json(), { visits })
    assert.deepEqual(await (await visitor.get('/visits')).json(), { visits: 3 })
  },

  async 'twenty visitors at once have a session each'(url) {
    const visitors = Array.from({ length: 20 }, () => new Visitor(url))
    for (const visits of [1, 2])
      for (const response of await Promise.all(visitors.map((one) => one.send('/visits'))))
        assert.deepEqual(await response.json(), { visits })
  },

  async 'a component of the request and parameters of the path'(url) {
    const visitor = new Visitor(url)
    await visitor.send('/cart/tea')
    const response = await visitor.send('/cart/a%2Fb')
    assert.deepEqual(await response.json(), { skus: ['tea', 'a/b'] })
  },

  async 'parameters of the query, and a 400 for a bad one'(url) {
    const response = await fetch(`${url}/search?n=7&words=two%20words`)
    assert.deepEqual(await response.json(), { n: 7, words: 'two words' })
    await isProblem(await fetch(`${url}/search?n=many&words=x`), 400)
  },

  async 'a login gives a new cookie and ends the old one, and a logout clears it'(url) {
    const visitor = new Visitor(url)
    await visitor.send('/visits')
    const before = visitor.cookie
    const login = await visitor.send('/login')
    assert.deepEqual(await login.json(), { visits: 2 })
    assert.notEqual(visitor.cookie, before)
    const logout = await visitor.send('/logout')
    assert.match(logout.headers.getSetCookie()[0] ?? '', /Max-Age=0/)
  },

  async 'a changed cookie opens no session'(url) {
    const visitor = new Visitor(url)
    await visitor.send('/visits')
    visitor.cookie = `${visitor.cookie.slice(0, -4)}AAAA`
    assert.deepEqual(await (await visitor.get('/visits')).json(), { visits: 0 })
  },

  async 'a body of JSON, and a 400 where it is none'(url) {
    const sent = { name: 'Ada', tags: ['ä', '世'] }
    const headers = { 'content-type': 'application/json' }
    const response = await post(`${url}/json`, { headers, body: JSON.stringify(sent) })
    assert.deepEqual(await response.json(), sent)
    await isProblem(await post(`${url}/json`, { headers, body: '{"cut":' }), 400)
  },

  async 'a form with a file'(url) {
    const form = new FormData()
    form.set('name', 'Ada')
    form.set('file', new File(['the text'], 'a.txt', { type: 'text/plain' }))
    const response = await post(`${url}/form`, { body: form })
    assert.deepEqual(await response.json(), { name: 'Ada', file: 'the text' })
  },

  async 'a body over the limit is a 413, with and without its length, and the next request is served'(
    url,
  ) {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify('x'.repeat(2 * BODY_LIMIT))
    // The server of Bun refuses some by itself, without a word.
    assert.equal((await post(`${url}/json`, { headers, body })).status, 413)
    const stream = new Blob([body]).stream()
    const streamed = await post(`${url}/json`, { headers, body: stream, duplex: 'half' })
    assert.equal(streamed.status, 413)
    assert.equal((await fetch(`${url}/visits`)).status, 200)
  },

  async 'a route with a larger limit takes a larger body'(url) {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify('x'.repeat(5 * BODY_LIMIT))
    const response = await post(`${url}/large`, { headers, body })
    assert.equal(await response.text(), String(5 * BODY_LIMIT))
  },

  async 'a text in UTF-8, with its type'(url) {
    const response = await fetch(`${url}/text`)
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(await response.text(), 'Grüße, 世界')
  },

  async 'a stream of 2 MB arrives whole, with its session'(url) {
    const visitor = new Visitor(url)
    const response = await visitor.send('/stream')
    assert.equal(sha(new Uint8Array(await response.arrayBuffer())), sha(bigBytes()))
    assert.deepEqual(await (await visitor.get('/visits')).json(), { visits: 1 })
  },

  async 'an event arrives before the next one is made'(url) {
    const response = await fetch(`${url}/events`)
    const pieces = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.equal((await pieces.read()).value, 'data: first\n\n')
    await post(`${url}/events`)
    assert.equal((await pieces.read()).value, 'data: second\n\n')
    assert.equal((await pieces.read()).done, true)
  },

  async 'the stream of a visitor who leaves is ended'(url) {
    const left = async (): Promise<unknown> => (await fetch(`${url}/left`)).json()
    const before = await left()
    const leaving = new AbortController()
    const response = await fetch(`${url}/endless`, { signal: leaving.signal })
    await response.body!.getReader().read()
    leaving.abort()
    const until = performance.now() + 5_000
    while ((await left()) === before) assert.ok(performance.now() < until, 'it goes on')
  },

  async 'a redirect brings the session along'(url) {
    const visitor = new Visitor(url)
    const response = await visitor.send('/go')
    assert.deepEqual([response.status, response.headers.get('location')], [303, '/visits'])
    assert.deepEqual(await (await visitor.get('/visits')).json(), { visits: 1 })
  },

  async 'several cookies of one response'(url) {
    const response = await new Visitor(url).send('/cookies')
    const names = response.headers.getSetCookie().map((line) => line.split('=', 1)[0])
    assert.deepEqual(new Set(names), new Set(['language', '__Host-session', 'theme']))
  },

  async 'a page of another website cannot make a handler write'(url) {
    const visitor = new Visitor(url)
    await visitor.send('/visits')
    const response = await visitor.send('/visits', { 'sec-fetch-site': 'cross-site' })
    await isProblem(response, 403)
    assert.deepEqual(await (await visitor.get('/visits')).json(), { visits: 1 })
  },

  async 'what a handler wrote before it threw is kept, the response is a 500, and onError hears of it once'(
    url,
  ) {
    const visitor = new Visitor(url)
    await fetch(`${url}/errors`)
    await isProblem(await visitor.send('/throw'), 500)
    assert.deepEqual(await (await visitor.get('/errors')).json(), ['broken'])
    assert.deepEqual(await (await visitor.get('/visits')).json(), { visits: 1 })
  },

  async 'HEAD has no body, OPTIONS says what a path has, and unknown paths and methods are problems'(
    url,
  ) {
    const head = await fetch(`${url}/text`, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
    const options = await fetch(`${url}/visits`, { method: 'OPTIONS' })
    assert.deepEqual(
      [options.status, options.headers.get('allow')],
      [204, 'GET, HEAD, OPTIONS, POST'],
    )
    await isProblem(await fetch(`${url}/unknown`), 404)
    const { origin } = new URL(url)
    await isProblem(await fetch(`${url}/visits`, { method: 'DELETE', headers: { origin } }), 405)
  },

  async 'the address that the application sees is that of the visitor, or none'(url) {
    const response = await fetch(`${url}/address`, { headers: { 'x-forwarded-for': '9.9.9.9' } })
    const { ip, https } = (await response.json()) as { ip?: string; https: string }
    assert.ok([undefined, '127.0.0.1', '::1'].includes(ip), ip)
    assert.equal(https, 'http:')
  },
}

/** Sends the cookies that came back. */
class Visitor {
  cookie = ''
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  get(path: string): Promise<Response> {
    return this.#ask(path, 'GET', {})
  }

  send(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#ask(path, 'POST', headers)
  }

  async #ask(path: string, method: string, more: Readonly<Record<string, string>>) {
    const headers = { cookie: this.cookie, origin: new URL(this.#url).origin, ...more }
    const response = await fetch(this.#url + path, { method, headers, redirect: 'manual' })
    const lines = response.headers.getSetCookie()
    const line = lines.find((one) => one.startsWith('__Host-session='))
    if (line) this.cookie = line.split(';', 1)[0]!
    return response
  }
}

/** As browsers do, it says which page sends it. */
function post(
  url: string,
  { headers, ...init }: RequestInit & { duplex?: 'half' } = {},
): Promise<Response> {
  const { origin } = new URL(url)
  return fetch(url, { method: 'POST', headers: { origin, ...(headers as object) }, ...init })
}

async function isProblem(response: Response, status: number): Promise<void> {
  assert.equal(response.status, status)
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  assert.equal(((await response.json()) as { status: number }).status, status)
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
