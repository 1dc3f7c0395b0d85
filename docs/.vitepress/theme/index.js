import { h } from 'vue'
import Theme from 'vitepress/theme'
import './accessible.css'

export default {
  extends: Theme,
  Layout: () => h(Theme.Layout, null, { 'not-found': notFound }),
}

/** That of the theme stands in no landmark. */
function notFound() {
  return h('main', { class: 'vp-doc', style: 'padding: 96px 24px; text-align: center' }, [
    h('h1', 'There is no such page'),
    h('p', [h('a', { href: '/' }, 'To the first page')]),
  ])
}
