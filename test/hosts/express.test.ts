import compression from 'compression'
import express from 'express'
// @ts-expect-error - an alias of express has no types of its own
import express4 from 'express4'
import session from 'express-session'
import { serveExpress } from './express-site.js'
import { hostSuite } from './host-suite.js'

hostSuite('Express 5', (parts) => serveExpress(express, parts))

hostSuite('Express 4', (parts) => serveExpress(express4, parts))

hostSuite('Express 5 with compression, beside express-session', (parts) =>
  serveExpress(express, parts, (shop) => {
    shop.use(compression({ threshold: 0 }))
    const options = { name: 'other', resave: false, saveUninitialized: false }
    shop.use(session({ secret: 'not one of ours', ...options }))
  }),
)
