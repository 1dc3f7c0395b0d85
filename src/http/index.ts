export { App } from './app.js'
export type { AppOptions } from './app-options.js'
export { Controller, type ControllerDecorator } from './routing/controller.js'
export {
  Delete,
  Get,
  Head,
  Options,
  Patch,
  Post,
  Put,
  type RouteDecorator,
} from './routing/route-decorators.js'
export type { Converted, TextClass, TextType } from './request/conversion.js'
/** @internal - sessions write their cookies with it. */
export { CookieForm } from './cookies/cookie-form.js'
export {
  CookieError,
  type CookieAttributes,
  type CookieErrorCode,
} from './cookies/cookie-attributes.js'
export { Cookie } from './cookies/cookie.js'
export { Cookies } from './cookies/cookies.js'
export { CrossOriginCheck, type CrossOriginOptions } from './cross-origin/check.js'
export { crossOriginGuard } from './cross-origin/guard.js'
export { Hooks } from './hooks.js'
export { Exchange } from './request/exchange.js'
export { requestBody } from './request/request-body.js'
/** @internal - sessions set headers with it. */
export { hasHeader } from './response/plain-response.js'
export { HttpError, type FieldError, type HttpErrorOptions } from './errors/http-error.js'
export type { ListenOptions, RunningServer } from './server/listen.js'
export { Body, CookieValue, Header, Param, Query, type BodyType } from './parameters/markers.js'
export { Next } from './routing/next.js'
export { redirect } from './response/redirect.js'
export { Reply } from './response/reply.js'
export {
  route,
  Route,
  type HttpMethod,
  type MakeRoute,
  type Middleware,
  type RouteOptions,
} from './routing/route.js'
export type { Params } from './routing/router.js'
export type { Routes } from './routing/routes.js'
export type { OnError } from './errors/error-log.js'
