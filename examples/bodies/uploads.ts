import { createHash } from 'node:crypto'
import { App, Body, FormParts, route } from 'ingot'

// #region form
/** Small files are in memory: a `File` among the other fields. */
const avatar = route.post('/avatar', [FormData], (form) => {
  const picture = form.get('picture')
  // An attachment that never runs, whatever its sender says that it is.
  return picture
})
// #endregion

// #region body
/** The fields as an object; one that is sent twice is a list. */
const tags = route.post('/tags', [Body()], (fields) => fields)
// #endregion

// #region parts
/** A large file as it arrives: nothing of it is held. */
const video = route.post(
  '/video',
  [FormParts],
  async (parts) => {
    for await (const part of parts) {
      if (part.filename === undefined) continue
      const hash = createHash('sha256')
      for await (const chunk of part.stream()) hash.update(chunk)
      return hash.digest('hex')
    }
    return undefined
  },
  { bodyLimit: 2_000_000_000 },
)
// #endregion

// #region limits
export const app = new App({
  routes: [avatar, tags, video],
  formLimits: { parts: 50, files: 5, fileSize: 500_000_000 },
  // All bodies that are still arriving, together.
  bodyMemory: 200_000_000,
})
// #endregion
