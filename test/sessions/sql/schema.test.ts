import { sqlSchema } from 'ingot/sql'
import { expect, test } from 'vitest'

test('the table of PostgreSQL', () => {
  expect(sqlSchema('postgres', { schema: 'shop' }))
    .toBe(`CREATE TABLE IF NOT EXISTS "shop"."ingot_sessions" (
  "key" varchar(64) COLLATE "C" NOT NULL PRIMARY KEY,
  "text" text NOT NULL,
  "version" integer NOT NULL,
  "ends_at" bigint NOT NULL,
  "user_key" varchar(64) COLLATE "C"
);
CREATE INDEX IF NOT EXISTS "ingot_sessions_user" ON "shop"."ingot_sessions" ("user_key");
CREATE INDEX IF NOT EXISTS "ingot_sessions_ends" ON "shop"."ingot_sessions" ("ends_at");`)
})

test('the table of SQLite, in an attached database', () => {
  expect(sqlSchema('sqlite', { schema: 'shop', table: 'visits' }))
    .toBe(`CREATE TABLE IF NOT EXISTS "shop"."visits" (
  "key" TEXT NOT NULL PRIMARY KEY,
  "text" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "ends_at" INTEGER NOT NULL,
  "user_key" TEXT
);
CREATE INDEX IF NOT EXISTS "shop"."visits_user" ON "visits" ("user_key");
CREATE INDEX IF NOT EXISTS "shop"."visits_ends" ON "visits" ("ends_at");`)
})

test('the table of MySQL, with a type of the application', () => {
  expect(sqlSchema('mysql', { types: { text: 'longtext CHARACTER SET utf8mb4' } }))
    .toBe(`CREATE TABLE IF NOT EXISTS \`ingot_sessions\` (
  \`key\` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  \`text\` longtext CHARACTER SET utf8mb4 NOT NULL,
  \`version\` int NOT NULL,
  \`ends_at\` bigint NOT NULL,
  \`user_key\` varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  INDEX \`ingot_sessions_user\` (\`user_key\`),
  INDEX \`ingot_sessions_ends\` (\`ends_at\`)
) ENGINE = InnoDB;`)
})

test.each([
  [{ table: 'a"b' }, /'table' must be a name of letters/],
  [{ schema: '' }, /'schema' must be a name of letters/],
  [{ columns: { key: 'id; DROP' } }, /'columns' must be a name of letters/],
  [{ columns: { key: 'text' } }, /'columns' must give each column a name of its own\./],
  [{ columns: { sid: 'id' } }, /'columns' has no 'sid'\. The columns are: key, text,/],
  [{ types: { key: 'text); --' } }, /'types' must be types as the database writes them/],
])('the table %j is refused', (options, message) => {
  expect(() => sqlSchema('postgres', options as object)).toThrow(message)
})
