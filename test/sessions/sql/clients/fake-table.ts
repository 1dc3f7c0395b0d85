import type {
  SqlClient,
  SqlResult,
  SqlValue,
} from '../../../../src/sessions/sql/clients/sql-client.js'
import type { Statement } from '../../../../src/sessions/sql/dialects/dialect.js'

/** A table of texts in no database, which counts the keys of each statement that reads, and can refuse statements. */
export class FakeTable implements SqlClient {
  readonly address = 'db.test:1/shop'
  readonly server = {}
  readonly texts = new Map<string, string>()
  readonly reads: number[] = []
  readonly statements: string[] = []
  readonly deadlines: number[] = []
  /** The error of a statement, or its code; by how many values it has. */
  refuse: (values: number) => unknown = () => undefined

  constructor(readonly columns: SqlResult['rows']) {}

  async query({ text }: Statement, values: readonly SqlValue[], deadline: number) {
    this.statements.push(text)
    this.deadlines.push(deadline)
    const error = this.refuse(values.length)
    const isRead = text.includes(' AS text, ') && text.startsWith('SELECT')
    if (isRead) this.reads.push(values.length)
    if (error instanceof Error) throw error
    if (error !== undefined) throw Object.assign(new Error('secret'), { code: error })
    if (!isRead)
      return { rows: text.includes(' AS clock') ? [{ clock: 0 }] : this.columns, count: 0 }
    const keys = [...new Set(values as readonly string[])].filter((key) => this.texts.has(key))
    const row = (key: string) => {
      return { record: key, text: this.texts.get(key), version: 1, clock: Date.now() }
    }
    // In an order of its own, as a database gives them.
    return { rows: keys.toReversed().map(row), count: 0 }
  }

  async close() {}
}

interface Types {
  readonly key: string
  readonly text: string
  readonly number: string
}

const columnsOf = (types: Types) => [
  { name: 'key', type: types.key, is_key: true },
  { name: 'text', type: types.text },
  { name: 'version', type: types.number },
  { name: 'ends_at', type: types.number },
  { name: 'user_key', type: types.key },
]

const MYSQL = { key: 'varchar(64) ascii_bin', text: 'mediumtext utf8mb4_bin', number: 'bigint' }
const OTHERS = { key: 'text', text: 'text', number: 'bigint' }

export const inMysql = (types: Partial<Types> = {}) =>
  new FakeTable(columnsOf({ ...MYSQL, ...types }))
/** In SQLite as well. */
export const inPostgres = (types: Partial<Types> = {}) =>
  new FakeTable(columnsOf({ ...OTHERS, ...types }))
