/**
 * Tests without a server, and the suites that a store or a backend has to pass.
 *
 * @module ingot/testing
 */
export type { ConformanceCase, TestRunner } from './conformance/conformance-case.js'
export {
  describeSessionBackend,
  sessionBackendCases,
  type BackendConformance,
  type OpenBackend,
} from './conformance/backend/describe-session-backend.js'
export {
  describeSessionStore,
  sessionStoreCases,
  type OpenStore,
  type StoreConformance,
} from './conformance/store/describe-session-store.js'
export type { BackendConditions, BackendWorld } from './conformance/backend/opened-backend.js'
export type { StoreConditions, StoreWorld } from './conformance/store/visited-app.js'
export type { FieldValue, FieldValues, FormBody, SendBody } from './send-body.js'
export { CookieJar, type StoredCookie } from './cookie-jar.js'
export { resolve, type Given } from './resolve.js'
export {
  testClient,
  TestClient,
  type Fetchable,
  type SendOptions,
  type TestClientOptions,
} from './test-client.js'
