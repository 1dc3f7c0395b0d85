import { requestScope } from './inversify-request.js'

/** Inversify's request scope, with its generated code turned on. */
export const contender = requestScope({ jitless: false })
