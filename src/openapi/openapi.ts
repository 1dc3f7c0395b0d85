import { endpointsOf, type App } from '../http/index.js'
import type { JsonSchema } from './json-schema.js'
import { operationOf, type Operation } from './operation.js'
import { pathTemplate } from './path-template.js'

/** What the document says of the whole application. */
export interface ApiInfo {
  readonly title: string
  /** Of the application, for example `1.4.0`. */
  readonly version: string
  readonly description?: string
}

/** An OpenAPI document, ready to be sent as JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: ApiInfo
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

/**
 * Describes the routes of an application as OpenAPI 3.1: what their handlers and components take from the path, the
 * query, headers, cookies and the body, with the JSON Schema of each schema that gives one. What a handler returns is
 * not known to anybody, so it is left open. Nothing is built and no request is made.
 *
 * To serve it: `route.get('/openapi.json', [App], (app) => openApiOf(app, { title: 'Shop', version: '1.0.0' }))`.
 */
export function openApiOf(app: App, info: ApiInfo): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {}
  const ids = new Set<string>()
  for (const { route, plan } of endpointsOf(app)) {
    const template = pathTemplate(route.path)
    const path = sameTemplate(Object.keys(paths), template.path) ?? template.path
    const methods = (paths[path] ??= {})
    const { nodes } = app.graph({ format: 'json', route: String(route) })
    const takesForm = nodes.flatMap(({ provider }) => FORMS.get(provider) ?? [])[0]
    // Another path of the same template was first: its names stand in the document.
    const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name!)
    methods[route.method.toLowerCase()] ??= operationOf({
      route,
      handler: plan.nodes.at(-1)!.label,
      parameters: [...plan.parameters],
      template: { ...template, path, names },
      takesForm,
      ids,
    })
  }
  return { openapi: '3.1.0', info, paths, components: { schemas: { Problem: PROBLEM } } }
}

/** The components that read a form without saying what is in it. */
const FORMS: ReadonlyMap<string, 'form' | 'multipart'> = new Map([
  ['FormComponent', 'form'],
  ['FormPartsComponent', 'multipart'],
])

/** OpenAPI 3.1, 4.8.8: paths that differ in the names of their parameters alone are one. */
function sameTemplate(paths: readonly string[], path: string): string | undefined {
  const shape = (one: string): string => one.replaceAll(/\{[^}]*\}/g, '{}')
  return paths.find((one) => shape(one) === shape(path))
}

/** RFC 9457, with the fields that do not fit. */
const PROBLEM: JsonSchema = {
  type: 'object',
  required: ['title', 'status'],
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['in', 'detail'],
        properties: {
          in: { enum: ['path', 'query', 'header', 'cookie', 'body'] },
          name: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
}
