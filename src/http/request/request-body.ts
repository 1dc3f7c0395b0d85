import type { Consumable } from '../../di/index.js'

/** The body of a request, for the `consumes` of a component that reads it: a second reader would find it empty. */
export const requestBody: Consumable = {
  code: 'DI_BODY_TWICE',
  problem: (labels) =>
    `the body of a request can be read once, but ${labels.join(' and ')} each read it.`,
  remedy: 'Ask for the body once, with one schema, and take the parts from it.',
}
