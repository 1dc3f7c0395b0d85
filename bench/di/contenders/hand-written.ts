import type { Contender } from '../graph.js'

/** Functions that make each value and pass it on. */
export const contender: Contender = ({ byHand, handler }) => byHand(handler)
