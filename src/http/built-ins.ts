import { scoped, type Component } from '../di/index.js'
import { Cookies } from './cookies/cookies.js'
import { Exchange } from './request/exchange.js'
import { BodyComponent, TextComponent } from './parameters/components.js'
import { FormComponent } from './parameters/form-component.js'
import { Reply } from './response/reply.js'
import { Route } from './routing/route.js'

/** What every application provides beside itself, asked after the user's own components. */
export function builtIns(): Component[] {
  return [
    scoped(Request, [Exchange], (exchange) => exchange.request),
    scoped(Headers, [Exchange], (exchange) => exchange.request.headers),
    scoped(URL, [Exchange], (exchange) => exchange.url),
    scoped(URLSearchParams, [Exchange], (exchange) => exchange.url.searchParams),
    scoped(AbortSignal, [Exchange], (exchange) => exchange.request.signal),
    scoped(Cookies, [Exchange], (exchange) => exchange.cookies),
    scoped(Reply, [Exchange], (exchange) => exchange.reply),
    scoped(Route, [Exchange], (exchange) => exchange.endpoint.route),
    new TextComponent(),
    new BodyComponent(),
    new FormComponent(),
  ]
}
