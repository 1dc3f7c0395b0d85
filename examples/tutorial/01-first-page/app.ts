import { App, route } from 'ingot'
import { html, page } from './html.js'

function home() {
  return page('Small comforts', html`<p>Tea, coffee, and mugs for both.</p>`)
}

export function createShop() {
  return new App({ routes: [route.get('/', home)] })
}
