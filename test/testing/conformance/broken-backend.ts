import {
  MemoryBackend,
  type BackendRecord,
  type RecordPatch,
  type SessionBackend,
  type WriteOutcome,
} from '../../../src/index.js'

type Fields = ReadonlyMap<string, string>

/** A correct backend; each of the others makes one mistake. */
export class RightBackend implements SessionBackend {
  readonly index
  protected readonly inner: MemoryBackend

  constructor(now: () => number) {
    this.inner = new MemoryBackend({ now })
    this.index = this.inner.index
  }

  read(key: string): Promise<BackendRecord | undefined> {
    return this.inner.read(key)
  }

  create(key: string, fields: Fields, ttl: number): Promise<boolean> {
    return this.inner.create(key, fields, ttl)
  }

  patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    return this.inner.patch(key, patch, ttl)
  }

  touch(key: string, version: number, fields: Fields, ttl: number): Promise<WriteOutcome> {
    return this.inner.touch(key, version, fields, ttl)
  }

  destroy(key: string): Promise<BackendRecord | undefined> {
    return this.inner.destroy(key)
  }

  protected async replace(key: string, fields: Fields, ttl: number): Promise<void> {
    await this.inner.destroy(key)
    await this.inner.create(key, fields, ttl)
  }
}

/** Reads a whole record, changes it, and writes it back. */
export class LossyBackend extends RightBackend {
  override async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    const record = await this.inner.read(key)
    if (!record) return 'lost'
    await new Promise(setImmediate)
    await this.inner.destroy(key)
    await this.inner.create(key, new Map([...record.fields, ...patch.set]), ttl)
    return 'landed'
  }
}

/** Writes even when there is no record. */
export class RevivingBackend extends RightBackend {
  override async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    const outcome = await this.inner.patch(key, patch, ttl)
    if (outcome !== 'lost') return outcome
    await this.inner.create(key, patch.set, ttl)
    return 'landed'
  }
}

export class OverwritingBackend extends RightBackend {
  override async create(key: string, fields: Fields, ttl: number): Promise<boolean> {
    await this.replace(key, fields, ttl)
    return true
  }
}

export class ImmortalBackend extends RightBackend {
  override create(key: string, fields: Fields): Promise<boolean> {
    return this.inner.create(key, fields, 1e9)
  }
}

/** Sets a new expiry only with a write. */
export class TouchlessBackend extends RightBackend {
  override async touch(key: string, version: number): Promise<WriteOutcome> {
    const record = await this.inner.read(key)
    if (!record) return 'lost'
    return record.version === version ? 'landed' : 'taken'
  }
}

/** Ignores what a patch expects. */
export class UnconditionalBackend extends RightBackend {
  override patch(
    key: string,
    { set, deleted = [] }: RecordPatch,
    ttl: number,
  ): Promise<WriteOutcome> {
    return this.inner.patch(key, { set, deleted }, ttl)
  }
}

/** Treats keys like file names on a case-insensitive disk. */
export class CaselessBackend extends RightBackend {
  override read(key: string): Promise<BackendRecord | undefined> {
    return super.read(key.toLowerCase())
  }

  override create(key: string, fields: Fields, ttl: number): Promise<boolean> {
    return super.create(key.toLowerCase(), fields, ttl)
  }
}

/** Keeps fields as properties of an object. */
export class ObjectBackend extends RightBackend {
  override async read(key: string): Promise<BackendRecord | undefined> {
    const record = await this.inner.read(key)
    const fields: Record<string, string> = {}
    for (const [name, text] of record?.fields ?? []) fields[name] = text
    return record && { ...record, fields: new Map(Object.entries(fields)) }
  }
}

/** Declares what it cannot promise. */
export class HonestBackend extends LossyBackend {
  readonly limits = ['atomic-patch'] as const
}
