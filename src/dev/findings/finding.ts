/** What is wrong, why, and what to do: for the top of the page. */
export interface Finding {
  readonly kind: 'cookie' | 'session' | 'store' | 'slow' | 'size' | 'program'
  readonly title: string
  readonly why: string
  readonly remedy: string
}
