import { afterAll } from 'vitest'

// Sources are loaded after this: a mark outside of every function is noted too.
const reached = new Set<string>()
Object.assign(globalThis, { reachedMarks: reached })

// oxlint-disable-next-line no-empty-pattern -- vitest reads the parameters, and wants braces here
afterAll(({}, { file }) => {
  file.meta.marks = [...reached]
})
