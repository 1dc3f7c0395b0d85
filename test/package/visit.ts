// Copied beside an app by a test, and run there.
import type { App } from 'ingot'

const { app } = (await import(new URL('app.js', import.meta.url).href)) as { app: App }
const set = await app.fetch(
  new Request('https://shop.example/set-username/ada', { method: 'POST' }),
)
const cookie = set.headers.getSetCookie()[0]!.split(';')[0]!
const get = await app.fetch(
  new Request('https://shop.example/get-username', { headers: { cookie } }),
)
console.log(await set.text(), await get.text())
