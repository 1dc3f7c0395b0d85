export { openApiOf, type ApiInfo, type OpenApiDocument } from './openapi.js'
