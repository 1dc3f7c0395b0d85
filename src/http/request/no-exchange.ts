import { Exchange } from './exchange.js'

/** Stands for the request of a run without one. What a `Resolver` asks of it cannot be checked before. */
export class NoExchange extends Exchange {
  get method(): never {
    return refuse('method')
  }

  get path(): never {
    return refuse('path')
  }

  get request(): never {
    return refuse('request')
  }

  get url(): never {
    return refuse('url')
  }

  get host(): never {
    return refuse('host')
  }

  get isHttps(): never {
    return refuse('isHttps')
  }

  get clientAddress(): never {
    return refuse('client address')
  }

  get isUpgrade(): never {
    return refuse('isUpgrade')
  }

  header(): never {
    return refuse('headers')
  }

  protected collect(): never {
    return refuse('body')
  }

  protected limitedBody(): never {
    return refuse('body')
  }

  override get cookies(): never {
    return refuse('cookies')
  }
}

function refuse(what: string): never {
  throw new Error(
    `app.run(fn) has no request, and so no ${what}: ask for singletons, or respond to a request with app.fetch.`,
  )
}
