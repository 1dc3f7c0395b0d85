import {
  MemoryBackend,
  type BackendRecord,
  type ReplaceResult,
  type SessionBackend,
} from '../../../src/index.js'

/** A correct backend; each of the others makes one mistake. */
export class RightBackend implements SessionBackend {
  readonly index
  protected readonly inner: MemoryBackend

  constructor(now: () => number) {
    this.inner = new MemoryBackend({ now })
    this.index = this.inner.index
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    return this.inner.read(key)
  }

  async create(key: string, text: string, ttl: number): Promise<boolean> {
    return this.inner.create(key, text, ttl)
  }

  async replace(key: string, version: number, text: string, ttl: number): Promise<ReplaceResult> {
    return this.inner.replace(key, version, text, ttl)
  }

  async touch(key: string, version: number, text: string, ttl: number): Promise<boolean> {
    return this.inner.touch(key, version, text, ttl)
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    return this.inner.destroy(key)
  }
}

/** Looks first and writes then, and others come in between. */
export class LossyBackend extends RightBackend {
  override async replace(key: string, version: number, text: string, ttl: number) {
    const record = await this.inner.read(key)
    if (!record) return 'missing'
    if (record.version !== version) return record
    await new Promise(setImmediate)
    const now = await this.inner.read(key)
    return this.inner.replace(key, now?.version ?? version, text, ttl)
  }
}

/** Writes even when there is no record. */
export class RevivingBackend extends RightBackend {
  override async replace(key: string, version: number, text: string, ttl: number) {
    const result = await this.inner.replace(key, version, text, ttl)
    if (result !== 'missing') return result
    await this.inner.create(key, text, ttl)
    return 'applied'
  }
}

export class OverwritingBackend extends RightBackend {
  override async create(key: string, text: string, ttl: number): Promise<boolean> {
    await this.inner.destroy(key)
    await this.inner.create(key, text, ttl)
    return true
  }
}

export class ImmortalBackend extends RightBackend {
  override async create(key: string, text: string): Promise<boolean> {
    return this.inner.create(key, text, 1e9)
  }
}

/** Sets a new expiry only with a replacement. */
export class TouchlessBackend extends RightBackend {
  override async touch(key: string, version: number): Promise<boolean> {
    return (await this.inner.read(key))?.version === version
  }
}

/** Counts a touch as a replacement. */
export class CountingBackend extends RightBackend {
  override async touch(key: string, version: number, text: string, ttl: number): Promise<boolean> {
    return (await this.inner.replace(key, version, text, ttl)) === 'applied'
  }
}

/** Ignores the version. */
export class UnconditionalBackend extends RightBackend {
  override async replace(key: string, version: number, text: string, ttl: number) {
    const record = await this.inner.read(key)
    return this.inner.replace(key, record?.version ?? version, text, ttl)
  }
}

/** Says that another write came first, and not which. */
export class SilentBackend extends RightBackend {
  override async replace(key: string, version: number, text: string, ttl: number) {
    const result = await this.inner.replace(key, version, text, ttl)
    return typeof result === 'string' ? result : { text, version }
  }
}

/** Treats keys like file names on a case-insensitive disk. */
export class CaselessBackend extends RightBackend {
  override read(key: string): Promise<BackendRecord | undefined> {
    return super.read(key.toLowerCase())
  }

  override create(key: string, text: string, ttl: number): Promise<boolean> {
    return super.create(key.toLowerCase(), text, ttl)
  }
}

/** Keeps texts where JSON is parsed on the way. */
export class ParsingBackend extends RightBackend {
  override async read(key: string): Promise<BackendRecord | undefined> {
    const record = await this.inner.read(key)
    return record && { ...record, text: parsed(record.text) as string }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Declares what it cannot promise. */
export class HonestBackend extends LossyBackend {
  readonly limits = ['atomic-replace'] as const
}
