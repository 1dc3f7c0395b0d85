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
