import type { SessionBackend } from '../../../sessions/index.js'

/** A backend of one test, and what belongs to it. */
export interface BackendWorld {
  readonly backend: SessionBackend
  /** Ends what was opened for the test. */
  readonly close?: () => unknown
}

/** What the backend of a test is to go by, where it takes a clock. */
export interface BackendConditions {
  /** The time of the test, in milliseconds since 1970. */
  readonly clock: () => number
}

/** A backend under test, with the time that it goes by. */
export interface OpenedBackend {
  readonly backend: SessionBackend
  /** Lets time pass, where the backend takes a clock. */
  readonly pass: (milliseconds: number) => void
}

/** Sentences about a backend, and what shows each of them. */
export type BackendChecks = Readonly<Record<string, (opened: OpenedBackend) => Promise<void>>>

/** Milliseconds; longer than any test. */
export const LONG = 600_000

/** A key as stores make them. */
export function newKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
}

export function fieldsOf(fields: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(fields))
}

/** What a number of attempts at the same time come to. */
export function atOnce<Value>(
  count: number,
  attempt: (index: number) => Promise<Value>,
): Promise<Value[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => attempt(index)))
}
