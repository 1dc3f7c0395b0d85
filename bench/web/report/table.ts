/** A head and rows of cells; the first column is text, the others are figures. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** As Markdown. */
export function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** As text in columns, for a terminal. */
export function columns({ title, head, rows }: Table): string {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => cell.replace(/[*`]/g, '')))
  const widths = head.map((_, index) => Math.max(...lines.map((cells) => cells[index]!.length)))
  const text = lines.map((cells) => {
    return cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
      .join('  ')
  })
  return ['', title, ...text].join('\n')
}

/** `12,345`, `12.3`, `0.98`: three digits at least, and a dash for what was not measured. */
export function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
