import { SessionStoreError } from './errors.js'

/**
 * A session was ended, by `destroy` or `regenerate`, and too few replicas said in time that they know: if its
 * server is lost now, the session may come back. The answer to the visitor is a 503.
 */
export class SessionUnconfirmedError extends SessionStoreError {
  override readonly code = 'SESSION_UNCONFIRMED'
  /** How many replicas said so; `undefined` when nothing could be learnt. */
  readonly confirmed: number | undefined
  /** How many were asked for. */
  readonly needed: number

  constructor(confirmed: number | undefined, needed: number, options: ErrorOptions = {}) {
    const known = confirmed === undefined ? 'it is not known which' : `${confirmed}`
    super(
      `the session was ended, but of ${needed} replicas that are to know ${known} confirmed it in time. ` +
        'Are the replicas connected? The option `confirm` says how many, and how long.',
      { ...options, reason: 'unconfirmed' },
    )
    this.confirmed = confirmed
    this.needed = needed
  }
}
