/** Whose session it is, and how they recognise it. */
export interface SessionUser {
  readonly userId: string
  readonly label: string | undefined
}

/**
 * What `bind` was given.
 *
 * @throws TypeError when the id is empty, not well-formed or too long, or the label is no text.
 */
export function checkUser(userId: unknown, label: unknown): SessionUser {
  if (label !== undefined && typeof label !== 'string') {
    throw new TypeError('the label of a session is text, or not there')
  }
  // The browser writes what most applications take as a label, so a long one is no error.
  const short = label?.slice(0, LONGEST_LABEL).replaceAll(/\p{Surrogate}/gu, '\u{FFFD}')
  return { userId: checkUserId(userId), label: short }
}

/** @throws TypeError when it cannot be the id of a user. */
export function checkUserId(userId: unknown): string {
  if (typeof userId !== 'string' || userId === '') {
    throw new TypeError(
      `a session is bound to the id of a user: text that is not empty${insteadOf(userId)}`,
    )
  }
  if (userId.length > LONGEST_USER_ID) {
    throw new TypeError(`the id of a user has at most ${LONGEST_USER_ID} characters`)
  }
  // A lone surrogate does not survive UTF-8: two users would share one list of sessions.
  if (!userId.isWellFormed()) {
    throw new TypeError('the id of a user is well-formed Unicode: this one has half a character')
  }
  return userId
}

/** The ids of many databases are numbers. Nothing of the value is told: it may be the id of somebody. */
function insteadOf(given: unknown): string {
  const type = typeof given
  if (type === 'number' || type === 'bigint') return `, and not a ${type}. Write String(id)`
  return type === 'object' && given !== null ? ', and not an object. Give its id alone' : ''
}

const LONGEST_USER_ID = 1024

const LONGEST_LABEL = 256
