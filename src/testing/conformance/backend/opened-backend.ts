import type { SessionBackend } from '../../../sessions/index.js'

/** A backend for one test, and how to close it. */
export interface BackendWorld {
  readonly backend: SessionBackend
  /** Closes what was opened for the test. */
  readonly close?: () => unknown
}

/** What the backend of a test has to use, if it takes a clock. */
export interface BackendConditions {
  /** The time of the test, in milliseconds since 1970. */
  readonly clock: () => number
}

/** A backend under test, and its clock. */
export interface OpenedBackend {
  readonly backend: SessionBackend
  /** Moves the clock forward, if the backend takes one. */
  readonly pass: (milliseconds: number) => void
}

/** Sentences about a backend, each with the check that proves it. */
export type BackendChecks = Readonly<Record<string, (opened: OpenedBackend) => Promise<void>>>

/** Milliseconds; longer than any test. */
export const LONG = 600_000

/** A key like those of stores. */
export function newKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
}

/** A text that begins as those of stores do: the first 14 characters are what `touch` may change. */
export function textOf(content: string, seenAt = 0): string {
  return `1${String(seenAt).padStart(13, '0')}${content}`
}

/** The results of so many attempts at the same time. */
export function atOnce<Value>(
  count: number,
  attempt: (index: number) => Value | Promise<Value>,
): Promise<Value[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => attempt(index)))
}
