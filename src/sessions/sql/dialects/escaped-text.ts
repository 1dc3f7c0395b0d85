/*
 * PostgreSQL takes no U+0000 in a text (its documentation, section 8.3), and drivers of SQLite may cut a text
 * there. So it is written as U+0001 and a letter, and U+0001 as well. JSON holds neither, but names of fields,
 * users and labels may.
 */

/** The text as it is stored. */
export function escaped(text: string): string {
  if (!text.includes('\0') && !text.includes('\u0001')) return text
  return text.replaceAll(/[\0\u0001]/g, (character) => (character === '\0' ? '\u0001n' : '\u0001e'))
}

/** The text that was stored. */
export function unescaped(stored: string): string {
  if (!stored.includes('\u0001')) return stored
  return stored.replaceAll(/\u0001[ne]/g, (pair) => (pair === '\u0001n' ? '\0' : '\u0001'))
}
