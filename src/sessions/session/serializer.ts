import { dataError, valueError } from '../errors/usage-error.js'
import { toJsonText } from './json-value.js'

/**
 * Turns values into text and back, where JSON is not enough: `devalue` and `superjson` fit as they are.
 * Equal values must give equal text, because that is how a store sees that nothing changed.
 */
export interface Serializer {
  stringify(value: unknown): string
  parse(text: string): unknown
}

/**
 * The text of one value of a session.
 *
 * @throws SessionUsageError naming the path of what cannot be carried.
 */
export function encode(value: unknown, path: string, serializer: Serializer | undefined): string {
  if (!serializer) return toJsonText(value, path)
  let text: unknown
  try {
    text = serializer.stringify(value)
  } catch (error) {
    throw valueError(path, 'the serializer refused it', { cause: error })
  }
  // Lone surrogates do not survive UTF-8, in which cookies and Redis carry the text.
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text)) {
    throw valueError(path, 'the serializer did not make well-formed text of it')
  }
  return text
}

/**
 * The value of a stored text.
 *
 * @throws SessionUsageError when the text is damaged.
 */
export function decode(text: string, path: string, serializer: Serializer | undefined): unknown {
  try {
    return serializer ? serializer.parse(text) : JSON.parse(text)
  } catch {
    // Without a cause: parsers quote the text that they choke on, which is the visitor's data.
    throw dataError(path, 'its text is damaged')
  }
}
