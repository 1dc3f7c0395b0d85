import type { SessionMetadata } from './expiry.js'

/**
 * Whether what a store gave back are the times and notes of a session. Planted or damaged ones would make
 * a session that never ends, or an owner that is no text.
 */
export function isMetadata(value: unknown): value is SessionMetadata {
  if (typeof value !== 'object' || value === null) return false
  const known = value as Record<string, unknown>
  return (
    Number.isFinite(known['createdAt']) &&
    Number.isFinite(known['seenAt']) &&
    isNumberIfAny(known['authenticatedAt']) &&
    isNumberIfAny(known['lifetime']) &&
    isNumberIfAny(known['reach']) &&
    isNumberIfAny(known['dataVersion']) &&
    isTextIfAny(known['userId']) &&
    isTextIfAny(known['label'])
  )
}

/** Whether something is a finite number, or not there. */
export function isNumberIfAny(value: unknown): value is number | undefined {
  return value === undefined || Number.isFinite(value)
}

/** Whether something is text, or not there. */
export function isTextIfAny(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}
