import { createHmac, timingSafeEqual } from 'node:crypto'
import { SessionOptionError } from '../../errors/errors.js'

/** Verifies signatures as the `keygrip` package does, whatever its algorithm. */
export interface KeyVerifier {
  verify(data: string, digest: string): boolean
}

/**
 * The secrets of an old system, newest first. They are not judged: they are as good as they were there.
 *
 * @throws SessionOptionError when there is none.
 */
export function oldSecrets(option: string, given: unknown): readonly string[] {
  const secrets: unknown = typeof given === 'string' ? [given] : given
  const isText = (secret: unknown) => typeof secret === 'string' && secret !== ''
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.every(isText)) {
    return secrets as string[]
  }
  throw new SessionOptionError(
    option,
    'is missing: give the secret with which the old system signed its cookies, or a list of them.',
  )
}

/**
 * The text before the signature, or `undefined` when none of the secrets made it: HMAC-SHA256 in base64 without
 * padding, after the last dot, as the packages `cookie-signature` and `@fastify/cookie` write it.
 */
export function unsigned(signed: string, secrets: readonly string[]): string | undefined {
  const dot = signed.lastIndexOf('.')
  if (dot < 1) return undefined
  const text = signed.slice(0, dot)
  const signature = signed.slice(dot + 1)
  const isSigned = secrets.some((secret) => {
    const digest = createHmac('sha256', secret).update(text).digest('base64').replace(/=+$/, '')
    return isSame(signature, digest)
  })
  return isSigned ? text : undefined
}

/** Verifies as `keygrip` does by default: HMAC-SHA1 in base64url. */
export function keygrip(keys: readonly string[]): KeyVerifier {
  return {
    verify: (data, digest) =>
      keys.some((key) => isSame(digest, createHmac('sha1', key).update(data).digest('base64url'))),
  }
}

/** In a time that tells nothing of where they differ. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
