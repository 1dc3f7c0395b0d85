// node --import @oxc-node/core/register test/sessions/known-answers/make.ts
//
// Writes known-answers.json anew. Do so only for a release that is meant to end every session that the release
// before it has made, and say so in CHANGELOG.md.
import { writeFileSync } from 'node:fs'
import { begin, cookieWorld, recordWorld, type KnownAnswers } from './known-world.js'

const records = await recordWorld()
const { header: id } = await begin(records)
const { key, text } = records.world.backend.created!
const answers: KnownAnswers = {
  encrypted: (await begin(await cookieWorld())).header,
  signed: (await begin(await cookieWorld({ protection: 'signed' }))).header,
  id,
  key,
  text,
}
writeFileSync(
  new URL('known-answers.json', import.meta.url),
  `${JSON.stringify(answers, null, 2)}\n`,
)
