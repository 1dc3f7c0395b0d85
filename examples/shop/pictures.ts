import { Html } from './html.js'

/** A drawing for decoration only: the text beside it says everything. */
export function pictureOf(subject: string): Html {
  const [size, shapes] = PICTURES[subject] ?? PICTURES['basket']!
  return new Html(`<svg viewBox="0 0 ${size}" aria-hidden="true" focusable="false">${shapes}</svg>`)
}

/** The picture in the tab of a browser, as a file. */
export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 24"><path d="M8 4h16l7 16H1z" fill="#c2410c"/></svg>'

const PICTURES: Readonly<Record<string, readonly [size: string, shapes: string]>> = {
  brand: [
    '32 24',
    `<path d="M8 4h16l7 16H1z" fill="currentColor"/>
    <path d="M8 4h16l-3 6H11z" fill="#fff" opacity=".35"/>`,
  ],
  tea: [
    '160 110',
    `<path d="M80 98C46 88 36 58 50 26c2-5 5-9 8-13 22 16 34 50 22 85z" fill="#4d7c3f"/>
    <path d="M80 98c-2-34 14-62 44-72 4 34-12 62-44 72z" fill="#7fa650"/>
    <path d="M58 15c12 24 20 52 22 83M123 28C102 46 86 68 80 98" fill="none" stroke="#2f5226" stroke-width="2.5" stroke-linecap="round"/>
    <path d="M64 44l-10 2M70 60l-14 4M76 78l-14 2M104 48l10 4M94 64l14 4" stroke="#2f5226" stroke-width="2" stroke-linecap="round"/>`,
  ],
  coffee: [
    '160 110',
    `<g transform="rotate(-32 62 62)"><ellipse cx="62" cy="62" rx="26" ry="37" fill="#5b3a29"/>
    <path d="M62 26c-14 20 12 46 0 72" fill="none" stroke="#2c1a12" stroke-width="5" stroke-linecap="round"/></g>
    <g transform="rotate(28 108 50)"><ellipse cx="108" cy="50" rx="21" ry="30" fill="#7a4e36"/>
    <path d="M108 21c-11 16 10 38 0 58" fill="none" stroke="#3d2418" stroke-width="4.5" stroke-linecap="round"/></g>`,
  ],
  mug: [
    '160 110',
    `<path d="M109 50h11a17 17 0 0 1 0 34h-13" fill="none" stroke="#8f2f0c" stroke-width="9"/>
    <path d="M46 38h66v46a18 18 0 0 1-18 18H64a18 18 0 0 1-18-18z" fill="#c2410c"/>
    <path d="M46 38h66v17c-9 5-17 3-24 0s-14-2-20 1-14 4-22-1z" fill="#f2a65a"/>
    <path d="M66 29c-5-7 5-10 0-18M81 29c-5-7 5-10 0-18M96 29c-5-7 5-10 0-18" fill="none" stroke="#b98d6e" stroke-width="3.5" stroke-linecap="round"/>`,
  ],
  basket: [
    '120 90',
    `<path d="M18 38h84l-9 40a6 6 0 0 1-6 5H33a6 6 0 0 1-6-5z" fill="none" stroke="currentColor" stroke-width="4" stroke-linejoin="round"/>
    <path d="M36 38 50 12M84 38 70 12M46 52v18M60 52v18M74 52v18" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"/>`,
  ],
}
