import { randomBytes } from 'node:crypto'
import { CorruptRecordError, type SessionBackend } from '../backend/session-backend.js'
import { SessionStoreError } from '../errors/errors.js'
import { kindOfError } from '../errors/redaction.js'

/**
 * Keeps a record for a moment, and says why a store cannot keep sessions: it is not connected, has no table, cuts
 * long ids or long texts. Without it every visit would be a 503, or a new session, and nobody would know why.
 *
 * @param name of the store, for the sentence.
 * @returns nothing when sessions can be kept.
 */
export async function failedTrial(backend: SessionBackend, name: string): Promise<string[]> {
  const id = randomBytes(32).toString('base64url')
  const failure = await failureOf(backend, id, SHORT)
  if (!failure) {
    const cut = await failureOf(backend, id, LONG)
    return cut ? [`${name} cannot keep sessions: ${cut.what} ${LONGER_TEXT}`] : []
  }
  // A store that does not reply has nothing to tell the second time. The end of the id: a cut one is its beginning.
  const isTooLong = failure.kind !== 'late' && !(await failureOf(backend, id.slice(-THEIRS), SHORT))
  const remedy = isTooLong ? LONGER_ID : failure.kind === 'wrong' ? CONSISTENT : WORKING
  return [`${name} cannot keep sessions: ${failure.what} ${remedy}`]
}

/** So long are the ids of express-session, and the columns that people make for them. */
const THEIRS = 32
const SHORT = '1'
/** A small cart. */
const LONG = '1'.repeat(4096)
/** Milliseconds after which the store may forget what the trial has left behind. */
const TTL = 60_000

const LONGER_ID =
  'With a key of 32 characters it works: the column of ids is too short. Ids take 43 characters, and those ' +
  'of unstorage its base as well: ALTER TABLE session ALTER COLUMN sid TYPE varchar(64).'
const LONGER_TEXT =
  'A text of one character works, and one of 4,096 does not: make the column of data longer, such as text in SQL.'
const WORKING =
  'Is it connected (await the connect() of its client first), and has its table been made?'

const CONSISTENT =
  'A store has to give what was written a moment ago: one that is eventually consistent cannot keep sessions.'
const ANOTHER_TEXT = 'it gave back another text than was written.'

interface Failure {
  /** A sentence. */
  readonly what: string
  /** What it did: nothing in time, reject, or give a wrong reply. */
  readonly kind: 'late' | 'failed' | 'wrong'
}

async function failureOf(
  backend: SessionBackend,
  key: string,
  text: string,
): Promise<Failure | undefined> {
  try {
    const what = await wrongWith(backend, key, text)
    return what === undefined ? undefined : { what, kind: 'wrong' }
  } catch (error) {
    if (error instanceof CorruptRecordError) return { what: ANOTHER_TEXT, kind: 'wrong' }
    if (error instanceof SessionStoreError) return { what: `${error.message}.`, kind: 'late' }
    return { what: `it failed with ${kindOfError(error)}.`, kind: 'failed' }
  }
}

/** What a working store would not do. */
async function wrongWith(
  backend: SessionBackend,
  key: string,
  text: string,
): Promise<string | undefined> {
  if (!(await backend.create(key, text, TTL)))
    return 'something is under a key that was never used.'
  const record = await backend.read(key)
  if (!record) return 'what was written was not there a moment later.'
  if (record.text !== text) return ANOTHER_TEXT
  await backend.destroy(key)
  return (await backend.read(key)) && 'what was deleted was still there a moment later.'
}
