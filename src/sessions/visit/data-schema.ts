import type { StandardSchemaV1 } from '@standard-schema/spec'
import { SessionStoreError } from '../errors/errors.js'
import { dataError, isDataError, SessionUsageError } from '../errors/usage-error.js'
import type { Fields } from '../session/fields.js'
import { fieldOf } from '../session/field-texts.js'
import { stateOf } from '../session/session-view.js'
import type { Session } from '../session/session.js'
import { storeFailure } from '../calls/store-failure.js'

/** What the data of every session looks like, and how older data gets there. */
export interface DataSchemaOptions<Data extends object> {
  /**
   * Any Standard Schema (zod, valibot, arktype, ...) for the data as a whole. It is asked when a session is
   * loaded. Values stay JSON: a schema that makes Dates of them needs a serializer.
   */
  readonly schema?: StandardSchemaV1<unknown, Data>
  /** A whole number that grows with the data; kept with each session. Default: 1. */
  readonly version?: number
  /** Makes data of an older version into data of this one; the schema is asked afterwards. */
  readonly migrate?: (data: Record<string, unknown>, version: number) => object | Promise<object>
}

/** Checks what is loaded, so that handlers meet only data that they know. */
export class DataSchema {
  readonly #schema: StandardSchemaV1 | undefined
  readonly #version: number
  readonly #migrate: DataSchemaOptions<object>['migrate']
  readonly #onWarning: (error: Error) => void

  constructor(options: DataSchemaOptions<object>, onWarning: (error: Error) => void) {
    this.#schema = options.schema
    this.#version = options.version ?? 1
    this.#migrate = options.migrate
    this.#onWarning = onWarning
  }

  /**
   * Makes a loaded session fit. One that does not fit stays in the store as it is, for an older or newer
   * application may know it, and the visitor gets a new session.
   *
   * @throws HttpError 503 when a newer application wrote it: it must be neither lost nor written over.
   */
  check(session: Session): Promise<void> | undefined {
    if (session.isNew) {
      this.#describe(session)
      return undefined
    }
    const state = stateOf(session)
    // Else the data would be migrated again at each visit.
    if (this.#version > 1) state.assertKept('read the version of the data')
    return this.#checkStored(session, state.metadata?.dataVersion ?? 1)
  }

  async #checkStored(session: Session, stored: number): Promise<void> {
    const version = this.#version
    if (stored > version) {
      const reason = `the data of the session has version ${stored}, and this application knows ${version}`
      throw storeFailure(new SessionStoreError(reason, { reason: 'newer-data' }), 'load')
    }
    const data = dataOf(session)
    if (data instanceof SessionUsageError) return this.#abandon(session, 'corrupt', data)
    const migrated = stored < version ? await this.#migrate?.(data, stored) : undefined
    const result = await this.#schema?.['~standard'].validate(migrated ?? data)
    if (result?.issues) return this.#refuse(session, result.issues)
    adopt(session, (result ? result.value : (migrated ?? data)) as object)
    this.#describe(session)
  }

  #refuse(session: Session, issues: readonly StandardSchemaV1.Issue[]): void {
    const path = issues[0]?.path?.map((part) => String(typeof part === 'object' ? part.key : part))
    const where = path?.join('.') ?? ''
    this.#abandon(session, 'schema', dataError(where, 'the schema of the application refuses it'))
  }

  #abandon(session: Session, reason: 'schema' | 'corrupt', error: Error): void {
    stateOf(session).abandon(reason)
    this.#describe(session)
    this.#onWarning(error)
  }

  #describe(session: Session): void {
    stateOf(session).describe(this.#version)
  }
}

/** The data, or the error of the first value that is damaged. */
function dataOf(session: Session): Record<string, unknown> | SessionUsageError {
  try {
    return session.toObject()
  } catch (error) {
    if (isDataError(error)) return error
    throw error
  }
}

/** Writes to the session what the schema made of the data: adds its defaults, deletes what it drops. */
function adopt(session: Session, data: object): void {
  const { fields, isReadOnly } = stateOf(session)
  const values = new Map(Object.entries(data).filter(([, value]) => value !== undefined))
  for (const key of session.keys()) if (!values.has(key)) fields.delete(`d:${key}`)
  for (const [key, value] of values)
    if (session.get(key) !== value) bringUpToDate(fields, fieldOf('d', key), value)
  if (!isReadOnly) return
  // What a replaced id shows cannot be written back.
  fields.mark()
  fields.saved()
}

/**
 * Written like an `update`: where another request was faster, what it wrote stays. Else a request that only
 * reads would overwrite what another has just stored with a default, or with an older cart that it migrated.
 */
function bringUpToDate(fields: Fields, field: string, value: unknown): void {
  let isFirst = true
  fields.update(field, (fresh) => {
    const adopted = isFirst ? value : (fresh ?? value)
    isFirst = false
    return adopted
  })
  // No change after all: an `update` of the handler begins with what is stored.
  if (fields.isStored(field)) fields.set(field, value)
}
