export type { ConformanceCase, TestRunner } from './conformance/conformance-case.js'
export {
  describeSessionBackend,
  sessionBackendCases,
  type BackendConformance,
  type OpenBackend,
} from './conformance/describe-session-backend.js'
export {
  describeSessionStore,
  sessionStoreCases,
  type OpenStore,
  type StoreConformance,
} from './conformance/describe-session-store.js'
export type { BackendConditions, BackendWorld } from './conformance/opened-backend.js'
export type { StoreConditions, StoreWorld } from './conformance/visited-app.js'
export { CookieJar, type StoredCookie } from './cookie-jar.js'
export { resolve, type Given } from './resolve.js'
export {
  testClient,
  TestClient,
  type Fetchable,
  type SendBody,
  type SendOptions,
  type TestClientOptions,
} from './test-client.js'
