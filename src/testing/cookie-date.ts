/**
 * A date as browsers read it in `Expires` (RFC 6265bis, section 5.1.1): day, month, year and time in any order,
 * between whatever else is there. Milliseconds since 1970, or `undefined` when it is no date.
 */
export function cookieDate(text: string): number | undefined {
  const parts: Parts = {}
  for (const token of text.split(DELIMITERS)) if (token !== '') take(token, parts)
  const { time, day, month, year: short } = parts
  if (!time || day === undefined || month === undefined || short === undefined) return undefined
  const year = short < 70 ? short + 2000 : short < 100 ? short + 1900 : short
  const [hour, minute, second] = time as [number, number, number]
  if (day < 1 || day > 31 || year < 1601 || hour > 23 || minute > 59 || second > 59)
    return undefined
  const date = new Date(Date.UTC(year, month, day, hour, minute, second))
  return date.getUTCDate() === day ? date.getTime() : undefined
}

interface Parts {
  time?: readonly number[]
  day?: number
  month?: number
  year?: number
}

/** Each token is the first of these that it can be, and that is not there yet. */
function take(token: string, parts: Parts): void {
  const time = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?$/s.exec(token)
  const day = /^(\d{1,2})(?:\D.*)?$/s.exec(token)
  const month = MONTHS.indexOf(token.slice(0, 3).toLowerCase())
  const year = /^(\d{2,4})(?:\D.*)?$/s.exec(token)
  if (!parts.time && time) parts.time = time.slice(1).map(Number)
  else if (parts.day === undefined && day) parts.day = Number(day[1])
  else if (parts.month === undefined && month !== -1 && token.length >= 3) parts.month = month
  else if (parts.year === undefined && year) parts.year = Number(year[1])
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const DELIMITERS = /[\t\u0020-\u002f\u003b-\u0040\u005b-\u0060\u007b-\u007e]+/
