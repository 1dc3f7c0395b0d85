import type { Contender } from '../graph.js'

/** One function per value, which keeps what it made in a `Map` of the request. */
export const contender: Contender = ({ byMemo, handler }) => byMemo(handler)
