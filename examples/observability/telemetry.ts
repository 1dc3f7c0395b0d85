/** The parts of `@opentelemetry/api` that this example uses. A real meter and a real span have the same types. */
export interface Meter {
  createCounter(name: string, options?: InstrumentOptions): Counter
  createHistogram(name: string, options?: InstrumentOptions): Histogram
}

export interface Counter {
  add(value: number, attributes?: Attributes): void
}

export interface Histogram {
  record(value: number, attributes?: Attributes): void
}

export interface Span {
  addEvent(name: string, attributes?: Attributes): unknown
}

export interface InstrumentOptions {
  description?: string
  unit?: string
}

export type Attributes = Record<string, string | number | undefined>

/** A meter that keeps its numbers in memory, instead of sending them to a collector. */
export class MemoryMeter implements Meter {
  readonly #counts = new Map<string, number>()

  createCounter(name: string): Counter {
    return { add: (value, attributes) => this.#add(`${name}${text(attributes)}`, value) }
  }

  createHistogram(name: string): Histogram {
    return {
      record: (value, attributes) => {
        this.#add(`${name}_count${text(attributes)}`, 1)
        this.#add(`${name}_sum${text(attributes)}`, value)
      },
    }
  }

  /** One line for each series, as `name{attribute="value"} number`. */
  lines(): string[] {
    return [...this.#counts].map(([series, count]) => `${series} ${count}`).toSorted()
  }

  #add(series: string, value: number): void {
    this.#counts.set(series, (this.#counts.get(series) ?? 0) + value)
  }
}

/** A span that keeps its events. */
export class MemorySpan implements Span {
  readonly events: { readonly name: string; readonly attributes: Attributes }[] = []

  addEvent(name: string, attributes: Attributes = {}): void {
    this.events.push({ name, attributes })
  }
}

function text(attributes: Attributes = {}): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return `{${given.map(([name, value]) => `${name}="${value}"`).join(',')}}`
}
