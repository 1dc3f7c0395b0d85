import type { Mutant } from './mutants-of.js'

/** A mutant as the lines of a diff, without the places of its parts: it stays right when the file around it changes. */
export interface Change {
  readonly file: string
  readonly before: string
  readonly after: string
}

/** A mutant that changes nothing that anybody could notice, and the reason. */
export interface EqualMutant extends Change {
  readonly reason: string
}

export function changeOf(file: string, source: string, mutant: Mutant): Change & { line: number } {
  const { start, end, text } = mutant
  const lineStart = source.lastIndexOf('\n', start - 1) + 1
  const lineEnd = source.indexOf('\n', end) === -1 ? source.length : source.indexOf('\n', end)
  const around = (middle: string) =>
    oneLine(
      source.slice(lineStart, start) +
        shorten(middle.replaceAll(/\s+/g, ' ')) +
        source.slice(end, lineEnd),
    )
  return {
    file,
    line: source.slice(0, start).split('\n').length,
    before: around(source.slice(start, end)),
    after: around(text),
  }
}

/**
 * Reads the list: paragraphs of a file, `- ` what it says, `+ ` what the mutant says, and the reason. `#` begins a comment.
 *
 * @throws Error with the number of the line where a paragraph has another form.
 */
export function parseEqualMutants(list: string): EqualMutant[] {
  const lines = list.split('\n').map((text, index) => ({ text: text.trim(), number: index + 1 }))
  const found: EqualMutant[] = []
  let paragraph: typeof lines = []
  for (const line of [...lines, { text: '', number: lines.length + 1 }]) {
    if (line.text.startsWith('#')) continue
    if (line.text !== '') paragraph.push(line)
    else if (paragraph.length > 0) {
      found.push(readParagraph(paragraph))
      paragraph = []
    }
  }
  return found
}

export function isSameChange(one: Change, other: Change): boolean {
  return one.file === other.file && one.before === other.before && one.after === other.after
}

/** The entries that fit no mutant of today's sources. */
export function staleEntries(
  list: ReadonlyArray<EqualMutant>,
  read: (file: string) => ReadonlyArray<Change>,
): EqualMutant[] {
  return list.filter((entry) => !read(entry.file).some((change) => isSameChange(change, entry)))
}

function readParagraph(lines: ReadonlyArray<{ text: string; number: number }>): EqualMutant {
  const [file, before, after, ...reason] = lines.map(({ text }) => text)
  if (!file || !before?.startsWith('- ') || !after?.startsWith('+ ') || reason.length === 0)
    throw new Error(
      `scripts/mutants/equal-mutants.txt, line ${lines[0]?.number}: a paragraph is a file, "- " and its text, "+ " and the text of the mutant, and the reason why nobody can notice it.`,
    )
  return { file, before: before.slice(2), after: after.slice(2), reason: reason.join(' ') }
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ')
}

function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 80)} … ${text.slice(-30)}`
}
