import { connectMysql, connectPostgres } from 'ingot/sql'
import { expect, test } from 'vitest'

const inPostgres = (url: string) => connectPostgres(url)
const inMysql = (url: string) => connectMysql(url)

test.each([
  ['postgres://localhost', inPostgres, 'localhost:5432'],
  ['postgres://localhost/', inPostgres, 'localhost:5432'],
  ['postgres://ada:secret@db.test/shop', inPostgres, 'db.test:5432/shop'],
  ['postgresql://db.test:6000/shop', inPostgres, 'db.test:6000/shop'],
  ['postgres:///shop?host=/run/postgresql', inPostgres, '/run/postgresql/shop'],
  ['postgres:///shop', inPostgres, 'localhost:5432/shop'],
  ['mysql://ada:secret@localhost/', inMysql, 'localhost:3306'],
  ['mariadb://db.test/shop', inMysql, 'db.test:3306/shop'],
])(
  'the address of %s is without user, password and an empty name',
  async (url, connect, address) => {
    const backend = await connect(url)
    expect(backend.address).toBe(address)
    await backend.close()
  },
)

test.each([
  'postgres://ada:sec#ret@localhost/shop',
  'postgres://ada:sec/ret@localhost/shop',
  // What comes before the slash is a port.
  'postgres://ada:12/ret@localhost/shop',
  'postgres://ada:sec%ret@localhost/shop',
  'postgres://ada:sec ret@local host/shop',
  'mysql://ada:secret@localhost/shop',
])('a URL of PostgreSQL that cannot be one is refused without its text: case %#', async (url) => {
  await expect(connectPostgres(url)).rejects.toEqual(
    new TypeError(
      "postgres: the url cannot be read. Write 'postgres://user:password@localhost/shop', and percent-encode the password in it: '#' is %23, '/' is %2F, '?' is %3F, '@' is %40, '%' is %25.",
    ),
  )
})

test('a URL without a password gets no advice on passwords', async () => {
  await expect(connectMysql('localhost:3306/shop')).rejects.toEqual(
    new TypeError("mysql: the url cannot be read. Write 'mysql://user:password@localhost/shop'."),
  )
})

test.each([undefined, null, '', {}])('a URL such as %j is refused', async (url) => {
  const shown = url === '' ? "''" : String(url)
  await expect(connectPostgres(url as string)).rejects.toEqual(
    new TypeError(
      `postgres: the url is ${shown}. Write postgres('postgres://user:password@localhost/shop'), and check the variable that it comes from.`,
    ),
  )
})
