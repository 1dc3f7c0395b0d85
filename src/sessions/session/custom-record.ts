import { notKeptError } from '../errors/usage-error.js'
import { Expiry, isMetadata, type ExpiryOptions, type SessionMetadata } from './expiry.js'
import { LAYOUT, newerLayout } from './record.js'
import { SessionState } from './session-state.js'
import { fieldOf } from './field-texts.js'

/** Everything that is to be kept of a session, as a custom store gets it: field name to text. */
export function recordOf(state: SessionState): Record<string, string> {
  state.dumpReads?.add('record')
  const given = Object.entries(state.metadataNow).filter(([, value]) => value !== undefined)
  const times = given.map(([name, value]) => [`m:${name}`, JSON.stringify(value)])
  return Object.fromEntries([['m:layout', LAYOUT], ...times, ...state.fields.texts()])
}

/** Opens what `recordOf` gave; `undefined` when it is something else, or over by the limits. */
export function stateOfRecord(
  id: string,
  record: Readonly<Record<string, string>>,
  limits: ExpiryOptions | undefined,
): SessionState | undefined {
  const entries = Object.entries(record)
  if (entries.some(([, text]) => typeof text !== 'string')) return undefined
  const metadata = metadataIn(entries)
  const expiry = limits && new Expiry(limits)
  if (!metadata || expiry?.refusal(metadata)) return undefined
  const fields = new Map(entries.filter(([name]) => !name.startsWith('m:')))
  return new SessionState({ id, metadata, fields, expiry, persistedAs: 'record' })
}

/** @throws SessionStoreError when a newer version of this library wrote it. */
function metadataIn(entries: readonly [name: string, text: string][]): SessionMetadata | undefined {
  const { layout = LAYOUT, ...times } = Object.fromEntries(
    entries.filter(([name]) => name.startsWith('m:')).map(([name, text]) => [name.slice(2), text]),
  )
  if (layout !== LAYOUT) {
    // What counts no layout is damaged, and a 503 for ever would help nobody.
    if (!/^[2-9]$|^[1-9]\d{1,3}$/.test(layout)) return undefined
    throw newerLayout()
  }
  try {
    const metadata: unknown = Object.fromEntries(
      Object.entries(times).map(([name, text]) => [name, JSON.parse(text)]),
    )
    return isMetadata(metadata) ? metadata : undefined
  } catch {
    return undefined
  }
}

/** Opens what a custom store keeps that keeps data alone. */
export function stateOfData(id: string, data: object): SessionState {
  const state = new SessionState({ id, persistedAs: 'data' })
  for (const [key, value] of Object.entries(data)) {
    if (key !== 'id' && value !== undefined) state.fields.set(fieldOf('d', key), value)
  }
  state.fields.mark()
  state.mark()
  state.saved()
  return state
}

/**
 * Begins the dump of a custom store, which writes what there is now. Gives what is to be called at its end.
 *
 * @throws SessionUsageError at the end, when the store kept the data alone and there was more.
 */
export function beginDump(state: SessionState): () => void {
  state.fields.mark()
  state.mark(state.metadata && state.metadataNow)
  const more = moreThanData(state)
  const reads = (state.dumpReads = new Set<'data' | 'record'>())
  return () => {
    if (more === undefined || !reads.has('data') || reads.has('record')) return
    throw notKeptError(`keep ${more}`, "the store's dump() read the data alone")
  }
}

/** What there is of a session beside its data, in words; `undefined` when there is nothing to write. */
function moreThanData(state: SessionState): string | undefined {
  const { status, metadata, fields } = state
  if (status === 'clean' || status === 'destroyed') return undefined
  if (fields.names.some((name) => name.startsWith('f:'))) return 'flash messages'
  if (metadata?.userId !== undefined) return 'the user that bind() named'
  if (metadata?.lifetime !== undefined) return 'the lifetime that remember() gave'
  if (metadata?.authenticatedAt !== undefined) return 'the time of the authentication'
  if ((metadata?.dataVersion ?? 1) > 1) return 'the version of the data'
  return state.persistedAs === 'record' ? 'the times of the session' : undefined
}
