/** A promise that a test settles by hand. */
export class Deferred<Value = void> {
  readonly promise: Promise<Value>
  declare resolve: (value: Value) => void
  declare reject: (error: Error) => void

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }
}

/** Lets everything that waits for settled promises go on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
