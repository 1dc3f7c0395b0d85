export { App } from './app.js'
export type { AppOptions } from './app-options.js'
export {
  Controller,
  Delete,
  Get,
  Head,
  Options,
  Patch,
  Post,
  Put,
  type ControllerDecorator,
  type RouteDecorator,
} from './controller.js'
export type { Converted, TextClass, TextType } from './conversion.js'
/** @internal - what sessions write their cookies with. */
export { CookieForm } from './cookie-form.js'
export { CookieError, type CookieErrorCode } from './cookie-error.js'
export type { CookieAttributes } from './cookie-attributes.js'
export { Cookie } from './cookie.js'
export { Cookies } from './cookies.js'
export { CrossOriginCheck, type CrossOriginOptions } from './cross-origin-check.js'
export { crossOriginGuard } from './cross-origin-guard.js'
export { Exchange, type Endpoint, type Field } from './exchange.js'
export { hasHeader } from './plain-response.js'
export { HttpError, type BadField, type HttpErrorOptions } from './http-error.js'
export type { ListenOptions, RunningServer } from './listen.js'
export { Body, CookieValue, Header, Param, Query, type BodyType } from './markers.js'
export { Next } from './next.js'
export { redirect } from './redirect.js'
export { Reply } from './reply.js'
export {
  route,
  Route,
  type HttpMethod,
  type MakeRoute,
  type Middleware,
  type RouteOptions,
} from './route.js'
export type { Params } from './router.js'
export type { Routes } from './routes.js'
export type { OnError } from './error-log.js'
