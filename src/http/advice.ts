import { noteRemedy, type InjectorOptions } from '../di/index.js'

const RESPONSE =
  'A handler is given no response: what it returns is sent, and Reply takes headers and cookies for it.'

noteRemedy(Response, RESPONSE)

/** What a handler can do about a parameter that nothing provides, in the words of routes and markers. */
export const ADVICE: NonNullable<InjectorOptions['advice']> = {
  listTokens: (tokens) => `route.get(path, ${tokens}, fn)`,
  wholeValue:
    'For the request the type is Request, for its body the token is Body(schema); what is returned is the response.',
  byName: {
    next: 'What runs next in a middleware has the type Next.',
    res: RESPONSE,
    response: RESPONSE,
  },
  plainValue: (of) => {
    const marker =
      of === 'method' ? "@Query('name'), @Param('name') or @Header('name')" : "Query('name')"
    return `For a part of the request use a marker, ${marker}`
  },
}
