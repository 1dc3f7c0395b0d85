/** A field, or a file with its name and type. */
export type Entry = readonly [name: string, value: string | readonly [string, string, string]]

/** One form as a client writes it, and what was put into it. */
export interface Sample {
  readonly type: string
  /** Latin-1 stands for bytes. */
  readonly body: Buffer
  readonly entries: readonly Entry[]
}

/** Lines end with CRLF; a text with other letters is UTF-8, as every client sends it. */
function sample(boundary: string, lines: readonly string[], entries: readonly Entry[]): Sample {
  const type = `multipart/form-data; boundary=${boundary}`
  return { type, body: Buffer.from(lines.join('\r\n')), entries }
}

const file = (name: string, text: string, type: string) => [name, type, text] as const

const webkit = '----WebKitFormBoundary7MA4YWxkTrZu0gW'
const gecko = '----geckoformboundary3f2a7c1b9d'
const oldGecko = '---------------------------974767299852498929531610575'
const curl = '------------------------d74496d66958873e'
const guid = '4f8a1c2e-0b7d-4d0e-9a53-6b1c7f3e2a90'
const go = 'a0a5f3c1e2d4b6978812345678900987654321abcdefabcdefabcdef0123'

/** How clients write forms: the bytes of each by its own habits. */
export const samples: Readonly<Record<string, Sample>> = {
  Chromium: sample(
    webkit,
    [
      `--${webkit}`,
      'Content-Disposition: form-data; name="na%22me"',
      '',
      'größer\r\nzweite Zeile',
      `--${webkit}`,
      'Content-Disposition: form-data; name="photo"; filename="東京 %22a%22;b.png"',
      'Content-Type: image/png',
      '',
      '\u0089PNG\r\n\u001a\n',
      `--${webkit}`,
      'Content-Disposition: form-data; name="none"; filename=""',
      'Content-Type: application/octet-stream',
      '',
      '',
      `--${webkit}--`,
      '',
    ],
    [
      ['na"me', 'größer\r\nzweite Zeile'],
      ['photo', file('東京 "a";b.png', '\u0089PNG\r\n\u001a\n', 'image/png')],
      ['none', file('', '', 'application/octet-stream')],
    ],
  ),
  'Firefox, new and old': sample(
    gecko,
    [
      `--${gecko}`,
      'Content-Disposition: form-data; name="a"',
      '',
      oldGecko,
      `--${gecko}`,
      'Content-Disposition: form-data; name="b"; filename="C:\\dir\\naïve.txt"',
      'Content-Type: text/plain',
      '',
      `-----\r\n--${gecko.slice(0, -1)}\r\n--`,
      `--${gecko}--`,
      '',
    ],
    [
      ['a', oldGecko],
      ['b', file('C:\\dir\\naïve.txt', `-----\r\n--${gecko.slice(0, -1)}\r\n--`, 'text/plain')],
    ],
  ),
  'curl 7': sample(
    curl,
    [
      `--${curl}`,
      'Content-Disposition: form-data; name="say \\"hi\\""',
      '',
      'a;b="c"',
      `--${curl}`,
      'Content-Disposition: attachment; name="x"'.replace('attachment', 'form-data'),
      '',
      '',
      `--${curl}`,
      'Content-Disposition: form-data; name="f"; filename="back\\\\slash \\"q\\".txt"',
      'Content-Type: text/plain',
      '',
      'line\n',
      `--${curl}--`,
      '',
    ],
    [
      ['say "hi"', 'a;b="c"'],
      ['x', ''],
      ['f', file('back\\slash "q".txt', 'line\n', 'text/plain')],
    ],
  ),
  '.NET HttpClient': {
    ...sample(
      guid,
      [
        `--${guid}`,
        'Content-Type: text/plain; charset=utf-8',
        'Content-Disposition: form-data; name=x',
        '',
        'Wert',
        `--${guid}`,
        'Content-Disposition: form-data; name=doc; filename="=?utf-8?B?4oKsLnR4dA==?="; filename*=utf-8\'\'%E2%82%AC.txt',
        '',
        'no type',
        `--${guid}`,
        'Content-Type: application/json; charset=utf-8',
        'Content-Disposition: form-data; name=json',
        '',
        '{"a":1}',
        `--${guid}--`,
        '',
      ],
      [
        ['x', 'Wert'],
        ['doc', file('€.txt', 'no type', 'text/plain')],
        ['json', '{"a":1}'],
      ],
    ),
    type: `multipart/form-data; boundary="${guid}"`,
  },
  'Java, Apache HttpClient': {
    type: 'multipart/form-data; charset=ISO-8859-1; boundary=kQ3x_-7',
    body: Buffer.from(
      [
        '--kQ3x_-7',
        'Content-Disposition: form-data; name="latin"',
        'Content-Type: text/plain; charset=ISO-8859-1',
        'Content-Transfer-Encoding: 8bit',
        '',
        'Zürich',
        '--kQ3x_-7',
        'Content-Disposition: form-data; name="bin"; filename="a.bin"',
        'Content-Type: application/octet-stream',
        'Content-Transfer-Encoding: binary',
        '',
        'plain bytes',
        '--kQ3x_-7--',
        '',
      ].join('\r\n'),
      'latin1',
    ),
    entries: [
      ['latin', 'Zürich'],
      ['bin', file('a.bin', 'plain bytes', 'application/octet-stream')],
    ],
  },
  'Java, Spring': sample(
    'Xq1',
    [
      '--Xq1',
      'Content-Disposition: form-data; name="name"',
      'Content-Type: text/plain;charset=UTF-8',
      'Content-Length: 6',
      '',
      'größe',
      '--Xq1',
      'Content-Disposition: form-data; name="f"; filename*=UTF-8\'\'na%C3%AFve%20%22q%22.txt',
      'Content-Type: text/plain',
      '',
      'x',
      '--Xq1--',
    ],
    [
      ['name', 'größe'],
      ['f', file('naïve "q".txt', 'x', 'text/plain')],
    ],
  ),
  'Go mime/multipart': sample(
    go,
    [
      `--${go}`,
      'Content-Disposition: form-data; name="a\\"b\\\\c"',
      '',
      'v',
      `--${go}`,
      'Content-Disposition: form-data; name="f"; filename="x%0Ay.txt"',
      'Content-Type: application/octet-stream',
      '',
      'z',
      `--${go}--`,
      '',
    ],
    [
      ['a"b\\c', 'v'],
      ['f', file('x\ny.txt', 'z', 'application/octet-stream')],
    ],
  ),
  undici: sample(
    '----formdata-undici-012345678901',
    [
      '------formdata-undici-012345678901',
      'Content-Disposition: form-data; name="a"',
      '',
      '1',
      '------formdata-undici-012345678901',
      'Content-Disposition: form-data; name="b"; filename="blob"',
      'Content-Type: application/octet-stream',
      '',
      'x',
      '------formdata-undici-012345678901--\r\n',
    ],
    [
      ['a', '1'],
      ['b', file('blob', 'x', 'application/octet-stream')],
    ],
  ),
  'axios with form-data': sample(
    '--------------------------146821345672014329807123',
    [
      '----------------------------146821345672014329807123',
      'Content-Disposition: form-data; name="items[0][name]"',
      '',
      'tea',
      '----------------------------146821345672014329807123',
      'Content-Disposition: form-data; name="f"; filename="f.txt"',
      'Content-Type: text/plain',
      '',
      'x',
      '----------------------------146821345672014329807123--\r\n',
    ],
    [
      ['items[0][name]', 'tea'],
      ['f', file('f.txt', 'x', 'text/plain')],
    ],
  ),
  'Python requests': sample(
    '0f3e2d1c',
    [
      '--0f3e2d1c',
      'Content-Disposition: form-data; name="a"',
      '',
      '1',
      '--0f3e2d1c',
      'Content-Disposition: form-data; name="f"; filename*=utf-8\'\'%E2%82%AC.txt',
      '',
      'x',
      '--0f3e2d1c--',
      '',
    ],
    [
      ['a', '1'],
      ['f', file('€.txt', 'x', 'text/plain')],
    ],
  ),
  'a name in another charset (RFC 8187 3.2.1)': sample(
    'B',
    [
      '--B',
      `Content-Disposition: form-data; name="f"; filename*=iso-8859-1'en'caf%e9%20men%FC.txt`,
      '',
      'x',
      '--B--',
      '',
    ],
    [['f', file('café menü.txt', 'x', 'text/plain')]],
  ),
  'a preamble and an epilogue': sample(
    'B',
    [
      'This is a message in parts.',
      'See RFC 2046.',
      '--B',
      'Content-Disposition: form-data; name="a"',
      '',
      '1',
      '--B--',
      'the end',
      '--B',
      'what is this',
    ],
    [['a', '1']],
  ),
  'the boundary word inside a value': sample(
    'B',
    [
      '--B',
      'Content-Disposition: form-data; name="a"',
      '',
      'a --B and --B-- and\n--B\n and \r\n-B',
      '--B--',
      '',
    ],
    [['a', 'a --B and --B-- and\n--B\n and \r\n-B']],
  ),
  'LF alone': {
    type: 'multipart/form-data; boundary=B',
    body: Buffer.from(
      'hello\n--B\nContent-Disposition: form-data; name="a"\nX-Other: 1\n\none\n\ntwo\n--B\n' +
        'Content-Disposition: form-data; name="f"; filename="ü.txt"\n\nx\r\ny\n--B--\nbye\n',
    ),
    entries: [
      ['a', 'one\n\ntwo'],
      ['f', file('ü.txt', 'x\r\ny', 'text/plain')],
    ],
  },
  'odd but right spelling': {
    type: 'Multipart/Form-Data; Charset=utf-8; BOUNDARY=a/b:c=d?e',
    body: Buffer.from(
      '--a/b:c=d?e\r\ncontent-disposition:FORM-DATA;NAME = "a" ; x=y\r\n\r\n1\r\n' +
        '--a/b:c=d?e\r\nX-Before: 1\r\nCONTENT-DISPOSITION: form-data; filename=f.txt; name="b"\r\n\r\n2\r\n--a/b:c=d?e--',
    ),
    entries: [
      ['a', '1'],
      ['b', file('f.txt', '2', 'text/plain')],
    ],
  },
  'browsers, with names that end in a backslash': sample(
    webkit,
    [
      `--${webkit}`,
      'Content-Disposition: form-data; name="a\\"; filename="C:\\"',
      'Content-Type: text/plain',
      '',
      'x',
      `--${webkit}--`,
    ],
    [['a\\', file('C:\\', 'x', 'text/plain')]],
  ),
  // The shapes of busboy's tests: a line before the first part, no quotes, an empty part, a CR before the end.
  'loggers, with an empty part': sample(
    'd1bf46b3-aa33',
    [
      '',
      '--d1bf46b3-aa33',
      'Content-Type: application/gzip',
      'Content-Encoding: gzip',
      'Content-Disposition: form-data; name=batch-1; filename=batch-1',
      '',
      '',
      '--d1bf46b3-aa33',
      'Content-Disposition: form-data; name="notes"; filename="notes.txt"',
      'Content-Type: text/plain; charset=utf8',
      '',
      `${'a'.repeat(31)}\r${'b'.repeat(40)}`,
      '--d1bf46b3-aa33--',
    ],
    [
      ['batch-1', file('batch-1', '', 'application/gzip')],
      ['notes', file('notes.txt', `${'a'.repeat(31)}\r${'b'.repeat(40)}`, 'text/plain')],
    ],
  ),
  'no fields at all': sample('B', ['--B--', ''], []),
  'a field twice': sample(
    'B',
    [
      '--B',
      'Content-Disposition: form-data; name="tag"',
      '',
      'a',
      '--B',
      'Content-Disposition: form-data; name="tag"',
      '',
      'b',
      '--B--',
    ],
    [
      ['tag', 'a'],
      ['tag', 'b'],
    ],
  ),
}
