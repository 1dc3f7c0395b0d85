/*
 * Sends one request to `plain.ts`, where no server is needed to see that it is compiled.
 */
import process from 'node:process'
import plain from './plain.js'

const response = await plain.fetch(new Request('https://shop.test/add/2', { method: 'POST' }))
process.stdout.write(await response.text())
