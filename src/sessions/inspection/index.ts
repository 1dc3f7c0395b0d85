/** What a tool sees of a session after a request, and does to it. No program for visitors loads it. */
export {
  sessionFacts,
  sessionKeys,
  sessionValues,
  type KeyFacts,
  type SessionFacts,
} from './session-facts.js'
export { editorOf, type Edit, type SessionEditor } from './session-editor.js'
