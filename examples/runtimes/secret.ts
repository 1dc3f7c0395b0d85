import { randomBytes } from 'node:crypto'

/** A program in production reads it from its environment. */
export const secret = randomBytes(32).toString('base64url')
