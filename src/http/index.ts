export { App } from './app.js'
export type { AppOptions } from './app-options.js'
/** @internal - what `ingot/openapi` describes. */
export { endpointsOf } from './endpoints.js'
export { Controller } from './routing/controller.js'
export { Delete, Get, Head, Options, Patch, Post, Put } from './routing/route-decorators.js'
/** @internal - sessions write their cookies with it. */
export { CookieForm } from './cookies/cookie-form.js'
export { CookieError, type CookieAttributes } from './cookies/cookie-attributes.js'
export { Cookie } from './cookies/cookie.js'
export { Cookies } from './cookies/cookies.js'
export { isLocalHost, isLoopback } from './cookies/local-host.js'
export {
  CROSS_ORIGIN_RULES,
  CrossOriginCheck,
  type CrossOriginOptions,
} from './cross-origin/check.js'
/** @internal - the token guard of sessions is one. */
export { asGuard } from './cross-origin/guard.js'
export { crossOriginGuard } from './cross-origin/guard.js'
export { Hooks } from './hooks.js'
export { ClientAddress } from './request/client-address.js'
export { accessLog, type AccessLogEntry, type AccessLogOptions } from './middleware/access-log.js'
export { cors, type CorsOptions } from './middleware/cors.js'
export { RequestId, requestId, type RequestIdOptions } from './middleware/request-id.js'
export { securityHeaders, type SecurityHeaders } from './middleware/security-headers.js'
export { addLines, type HostHeaders } from './hosts/host-lines.js'
export type { HostFunction } from './hosts/host-function.js'
export type { Ask, FetchHandler, HostOptions } from './hosts/hosts.js'
export { FetchHostExchange, type FetchHostFacts } from './hosts/fetch-host-exchange.js'
export { holdHead } from './hosts/held-head.js'
export { addWithHead } from './hosts/lines-with-head.js'
export {
  headerIn,
  headersNow,
  headersOf,
  resetHeaders,
  type HeadersThen,
} from './hosts/node-headers.js'
export { NodeHostExchange, sourceOf, type NodeHostFacts } from './hosts/node-host-exchange.js'
export { RequestScope, type HostHead } from './hosts/request-scope.js'
export type { HeaderLine } from './response/plain-response.js'
export { mountedBody, mountedLines, sendMounted } from './hosts/send-mounted.js'
export { Exchange } from './request/exchange.js'
export { requestBody } from './request/request-body.js'
export { FormParts, type FormPart } from './forms/form-parts.js'
export { HttpError, type FieldError } from './errors/http-error.js'
export type { ListenOptions } from './server/listen-options.js'
export type { RunningServer } from './server/listen.js'
export { Body, CookieValue, Header, Param, Query } from './parameters/markers.js'
export { Next } from './routing/next.js'
export { redirect } from './response/redirect.js'
export { Reply } from './response/reply.js'
export { route } from './routing/make-route.js'
export { Route, type Middleware } from './routing/route.js'
/** @internal - makers of other layers are told apart, too. */
export { noteMaker } from './routing/route.js'
export type { Routes } from './routing/route-group.js'
export type { OnError } from './errors/error-log.js'
