export type { SourceMap } from './insertions.js'
export { isTypeScript, transform, type Transformed } from './transform.js'
