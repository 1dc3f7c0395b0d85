import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/command.js'
import { App, route, token } from '../../src/index.js'

const home = new App({ routes: [route.get('/', [], function home() {})] })

/** Runs a command on made-up modules, and collects what it says. */
async function ran(...words: string[]) {
  const modules: Record<string, Record<string, unknown>> = {
    'app.js': { app: home },
    'default.js': { default: home },
    'other.js': { helper: 1, settings: 2 },
    'factory.js': { createApp: async () => home, port: 1, fail: () => 2 },
  }
  const printed: string[] = []
  const complaints: string[] = []
  const code = await runCommand(words, {
    print: (text) => printed.push(text),
    complain: (text) => complaints.push(text),
    load: async (path) => modules[path] ?? Promise.reject(new Error(`no module ${path}`)),
    create: (folder) => {
      if (folder === 'full') throw new Error('full is there already')
      return ['package.json', 'src/app.ts']
    },
    schema: async ({ database, table, schema }) => `${database} ${table} ${schema}`,
    openapi: async (app, { title, version }) => ({ isApp: app === home, title, version }),
    dev: async ({ module, exported, port, page }) => {
      printed.push(`${module} ${exported} ${port} ${page}`)
      return 0
    },
  })
  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') }
}

describe('ingot explain', () => {
  test('prints every route of the app that a module exports, by name or by default', async () => {
    expect(await ran('explain', 'app.js')).toEqual({
      code: 0,
      printed: home.explain(),
      complaints: '',
    })
    expect((await ran('explain', 'default.js')).printed).toBe(home.explain())
  })

  test('prints one route', async () => {
    expect((await ran('explain', 'app.js', 'GET /')).printed).toBe(home.explain('GET /'))
  })

  test('ends with 1 and the reason when the route or the module is not there', async () => {
    const unknown = await ran('explain', 'app.js', 'GET /cart')
    expect(unknown.code).toBe(1)
    expect(unknown.complaints).toBe("There is no route 'GET /cart'. The routes are: GET /.")
    expect(await ran('explain', 'gone.js')).toMatchObject({
      code: 1,
      complaints: 'no module gone.js',
    })
  })

  test('says what a module without an app exports', async () => {
    expect((await ran('explain', 'other.js')).complaints).toBe(
      'other.js exports no App as `app` or by default; it exports helper, settings.',
    )
  })

  test('explains an app that cannot be wired, instead of failing with it', async () => {
    const broken = new App({ routes: [route.get('/', [token('dsn')], function home() {})] })
    const printed: string[] = []
    const code = await runCommand(['explain', 'broken.js'], {
      print: (text) => printed.push(text),
      complain: (text) => printed.push(text),
      load: async () => ({ app: broken }),
      create: () => [],
      schema: async () => '',
      openapi: async () => ({}),
      dev: async () => 0,
    })
    expect(code).toBe(0)
    expect(printed.join()).toContain("token('dsn')   ??? nothing provides it")
  })
})

describe('ingot graph', () => {
  test('draws Mermaid unless --format says JSON', async () => {
    expect((await ran('graph', 'app.js')).printed).toBe(home.graph({ format: 'mermaid' }))
    expect((await ran('graph', 'app.js', '--format', 'mermaid')).printed).toContain('flowchart')
    const json = await ran('graph', 'app.js', '--format', 'json')
    expect(JSON.parse(json.printed)).toEqual(home.graph({ format: 'json' }))
  })

  test('draws one route on demand, as a picture or a page', async () => {
    for (const format of ['svg', 'html'] as const) {
      const drawn = await ran('graph', 'app.js', 'GET /', '--format', format)
      expect(drawn.printed).toBe(home.graph({ format, route: 'GET /' }))
    }
    const missing = await ran('graph', 'app.js', 'GET /nothing')
    expect([missing.code, missing.complaints]).toEqual([
      1,
      expect.stringMatching(/^There is no route 'GET \/nothing'/),
    ])
  })
})

describe('ingot dev', () => {
  test('runs a module, with the ports that it is given', async () => {
    expect((await ran('dev', 'src/app.ts')).printed).toBe(
      'src/app.ts undefined undefined undefined',
    )
    const given = await ran('dev', 'app.ts', '--export', 'shop', '--port', '0', '--page', '4001')
    expect(given).toEqual({ code: 0, printed: 'app.ts shop 0 4001', complaints: '' })
  })
})

describe('ingot openapi', () => {
  test('prints the document of an app, with the title and version that it is given', async () => {
    const plain = await ran('openapi', 'app.js')
    expect([plain.code, JSON.parse(plain.printed)]).toEqual([0, { isApp: true }])
    const named = await ran('openapi', 'app.js', '--title', 'Shop', '--api-version', '2')
    expect(JSON.parse(named.printed)).toEqual({ isApp: true, title: 'Shop', version: '2' })
  })
})

describe('ingot new', () => {
  test('tells what was written, and what comes next', async () => {
    expect(await ran('new', 'shop')).toEqual({
      code: 0,
      printed:
        'Written:\n  shop/package.json\n  shop/src/app.ts\n\nNext:\n  cd shop\n  npm install\n  npm run dev',
      complaints: '',
    })
  })

  test('ends with 1 and the reason when it may not write', async () => {
    expect(await ran('new', 'full')).toEqual({
      code: 1,
      printed: '',
      complaints: 'full is there already',
    })
  })
})

describe('ingot', () => {
  test('prints how it is used', async () => {
    for (const words of [[], ['help'], ['--help'], ['explain', '-h']]) {
      const help = await ran(...words)
      expect(help.code).toBe(0)
      expect(help.printed).toMatch(
        /^Usage:\n {2}ingot new <folder> .*(?:\n {6}.*){3}\n {2}ingot dev <module> .*\n {6}.*\n {2}ingot explain <module>/,
      )
    }
  })

  test.each([
    [['draw'], "'draw' is not a command."],
    [['expain', 'app.ts'], "'expain' is not a command. Did you mean explain?"],
    [['new', 'my-app', '--stile', 'decorators'], '--stile is not an option. Did you mean --style?'],
    [['new'], 'new needs the folder to write into: ingot new my-app.'],
    [['new', 'a', 'b'], 'new takes one folder.'],
    [['dev'], 'dev needs the module that exports the app.'],
    [['dev', 'app.ts', 'main.ts'], 'dev takes one module.'],
    [['dev', 'app.ts', '--port', '70000'], "--port is a number from 0 to 65535, not '70000'."],
    [['dev', 'app.ts', '--page', 'x'], "--page is a number from 0 to 65535, not 'x'."],
    [['openapi', 'app.js', 'GET /'], 'openapi takes one module: its document has every route.'],
    [['explain'], 'explain needs the module that exports the app.'],
    [['explain', 'app.js', 'GET', '/'], 'explain was given more words than it takes'],
    [['explain', 'app.js', '--format', 'json'], 'explain takes no --format.'],
    [['graph', 'app.js', '--format', 'dot'], "'dot' is not a format: mermaid, json, svg, html."],
    [['graph', 'app.js', '--colour'], '--colour is not an option.'],
  ])('%j: ends with 2 and says what is off', async (words, complaint) => {
    const wrong = await ran(...words)
    expect(wrong.code).toBe(2)
    expect(wrong.complaints).toContain(complaint)
    expect(wrong.complaints).toContain('Usage:')
  })
})

describe('an application that a factory makes', () => {
  test('is named by its export, and the factory is called [D5]', async () => {
    const explained = await ran('explain', 'factory.js', 'GET /', '--export', 'createApp')
    expect(explained).toEqual({ code: 0, printed: home.explain('GET /'), complaints: '' })
    const drawn = await ran('graph', 'factory.js', '--export', 'createApp')
    expect(drawn.printed).toBe(home.graph({ format: 'mermaid' }))
    expect((await ran('explain', 'app.js', '--export', 'app')).printed).toBe(home.explain())
  })

  test('is not called unless it is named, and the message says how [D5]', async () => {
    expect((await ran('explain', 'factory.js')).complaints).toBe(
      'factory.js exports no App as `app` or by default; it exports createApp, port, fail. When createApp makes one: --export createApp.',
    )
  })

  test.each(['port', 'fail', 'gone'])('is none: %s [D5]', async (name) => {
    expect(await ran('explain', 'factory.js', '--export', name)).toEqual({
      code: 1,
      printed: '',
      complaints: `${name} of factory.js is no App, and makes none when it is called without arguments; the module exports createApp, port, fail.`,
    })
  })
})

describe('ingot new', () => {
  test.each([
    [
      ['--store', 'mongo'],
      "'mongo' is not a store: memory, cookie, redis, postgres, mysql or sqlite.",
    ],
    [['--style', 'classes'], "'classes' is not a style: functions or decorators."],
    [['--format', 'json'], 'new takes no --format.'],
    [['more'], 'new takes one folder.'],
  ])('%o is refused [D4]', async (words, complaint) => {
    const { code, complaints } = await ran('new', 'my-app', ...words)
    expect(code).toBe(2)
    expect(complaints.split('\n')[0]).toBe(complaint)
  })
})

describe('ingot schema', () => {
  test('prints the table of a database, with the names that it is given', async () => {
    const words = ['schema', 'mysql', '--table', 'visits', '--schema', 'shop']
    expect(await ran(...words)).toEqual({ code: 0, printed: 'mysql visits shop', complaints: '' })
    expect((await ran('schema', 'sqlite')).printed).toBe('sqlite undefined undefined')
  })

  test.each([
    [['schema'], 'schema needs the database: postgres, sqlite or mysql.'],
    [['schema', 'mongo'], "'mongo' is not a database: postgres, sqlite or mysql."],
    [['schema', 'mysql', 'more'], 'schema takes one database.'],
    [['schema', 'mysql', '--store', 'redis'], 'schema takes no --store.'],
  ])('of %j says what is wrong', async (words, message) => {
    const { code, complaints } = await ran(...words)
    expect(code).toBe(2)
    expect(complaints.split('\n')[0]).toBe(message)
  })
})
