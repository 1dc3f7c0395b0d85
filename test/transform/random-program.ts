import fc from 'fast-check'

/** Parameter lists: with classes, primitives, defaults that are functions themselves, patterns. */
const parameters = fc.constantFrom(
  'a: Box',
  'a: Box, b: number',
  'a?: Box',
  'a: Box | null = null',
  'b: number',
  'a: Box, b = (c: Box) => c',
  '{ size }: Box = new Box(1)',
  'a: Box, ...rest: Box[]',
  'this: Box, a: Box',
  "kind: 'x' | 'y'",
  'b = 1',
  "a: Box, b = 'x', c = -1",
  'a, b',
  '',
)

/** Names the places of a program apart. */
type Make = (name: string) => string

const noted = (name: string, list: string) => `note('${name}', typeof ${firstOf(list)})`

/** A name that the parameters bind, or one that every program has. */
function firstOf(list: string): string {
  return /^(?:this: Box, )?\{? ?(\w+)/.exec(list)?.[1] ?? 'Box'
}

const body = (name: string, list: string, inner: string) =>
  `{ ${noted(name, list)}; ${inner}; return '${name}' }`

/** One of the ways to write a function down, so that \`name\` holds it; the body has \`inner\` in it. */
const forms: readonly ((name: string, list: string, inner: string) => string)[] = [
  (n, p, i) => `function ${n}(${p}) ${body(n, p, i)}`,
  (n, p, i) => `async function ${n}(${p}) ${body(n, p, i)}`,
  (n, p, i) => `function* ${n}(${p}) ${body(n, p, i)}`,
  (n, p, i) => `const ${n} = function (${p}) ${body(n, p, i)}`,
  (n, p, i) => `const ${n} = function own${n}(${p}) ${body(n, p, i)}`,
  (n, p, i) => `let ${n}: unknown; ${n} = ${arrow(n, p, i)}`,
  (n, p, i) => `let ${n}: unknown; ${n} ??= ${arrow(n, p, i)}`,
  (n, p, i) => `const ${n} = ${arrow(n, p, i)}`,
  (n, p, i) => `const ${n} = (${arrow(n, p, i)}) as unknown`,
  (n, p, i) => `const ${n} = keep(${arrow(n, p, i)}, 1)`,
  (n, p, i) => `const [${n}] = [${arrow(n, p, i)}]`,
  (n, p, i) => `const { ${n} } = { ${n}(${p}) ${body(n, p, i)} }`,
  (n, p, i) => `const { ${n} } = { ${n}(${p}) ${body(n, p, i)}, ...{ other: 1 } }`,
  (n, p, i) => `const { key: ${n} } = { key: ${arrow(n, p, i)} }`,
  (n, p, i) => `const { 'a key': ${n} } = { 'a key': ${arrow(n, p, i)} }`,
  (n, p, i) => `const { [key]: ${n} } = { [key]: ${arrow(n, p, i)} }`,
  (n, p, i) => `const ${n} = { get ${n}() { return ${arrow(n, p, i)} } }.${n}`,
  (n, p, i) => `const ${n} = class { static ${n}(${p}) ${body(n, p, i)} }.${n}`,
  (n, p, i) => `class Of${n} { ${n}(${p}) ${body(n, p, i)} } const ${n} = new Of${n}().${n}`,
  (n, p, i) =>
    `class Of${n} extends Base { field = ${arrow(n, p, i)} } const ${n} = new Of${n}().field`,
  (n, p, i) =>
    `class ${n} { constructor(${p.replace('this: Box, ', '')}) { ${noted(n, p)}; ${i}; } }`,
  (n, p, i) => `const ${n} = ${arrow(n, p, i)}\n[0].map(String)`,
  (n, p, i) =>
    `class Of${n} { field = ${arrow(n, p, i)}\n*more() {} } const ${n} = new Of${n}().field`,
  (n, p, i) => `const ${n} = (1 as number) > 0 ? ${arrow(n, p, i)} : undefined`,
  (n, p, i) => `const ${n} = [1].map((x: number) => ${arrow(n, p, i)})[0]`,
  (n, p, i) =>
    `let ${n}: unknown; switch (1 as number) { case 1: ${n} = inside; function inside(${p}) ${body(n, p, i)} }`,
  (n, p, i) => `const ${n} = (() => { return inside; function inside(${p}) ${body(n, p, i)} })()`,
]

/** Arrows have no `this` parameter. */
function arrow(name: string, list: string, inner: string): string {
  return `(${list.replace('this: Box, ', '')}) => ${body(name, list, inner)}`
}

function functionsWith(inner: fc.Arbitrary<readonly Make[]>): fc.Arbitrary<Make> {
  const parts = { form: fc.constantFrom(...forms), list: parameters, inner, isFirst: fc.boolean() }
  return fc.record(parts).map(({ form, list, inner, isFirst }): Make => {
    return (name) => {
      const nested = inner.map((make, index) => make(`${name}${'ab'[index]}`)).join('\n')
      const code = form(name, list, nested)
      // Function declarations may be used above; everything else has to exist.
      const isHoisted = /^(async )?function/.test(code)
      const use = `use(${name}, '${name}')`
      return isHoisted && isFirst ? `${use}\n${code}` : `${code}\n${use}`
    }
  })
}

const innermost = functionsWith(fc.constant([]))
const inner = functionsWith(fc.array(innermost, { maxLength: 1 }))
const outer = functionsWith(fc.array(inner, { maxLength: 2 }))

/**
 * Programs of functions in functions, written in every way there is. Each tells which names, lengths,
 * texts of their parameters and results its functions have, and in which order they ran.
 */
export const randomProgram = fc
  .array(fc.tuple(outer, fc.boolean()), { minLength: 1, maxLength: 3 })
  .map((makes) => {
    const parts = makes.map(([make, isInNamespace], index) => {
      const code = make(`f${index}`)
      return isInNamespace ? namespaceOf(code, `N${index}`) : code
    })
    return `${PRELUDE}\n${parts.join('\n')}\n`
  })

/** Exports what it begins with, which makes a property of a variable. */
function namespaceOf(code: string, name: string): string {
  return `namespace ${name} { ${code.replace(/^(?=const \w|(async )?function|class)/, 'export ')} }`
}

const PRELUDE = `class Box { constructor(readonly size = 1) {} }
class Base { base = 1 }
const key = 'computed'
const keep = (value: unknown, ...more: unknown[]) => value
const note = (...facts: unknown[]) => log.push(facts.join(' '))
function use(value: any, label: string) {
  const keys = Reflect.ownKeys(value).map(String).join()
  log.push([label, value.name, value.length, keys, Object.isExtensible(value), !!value.prototype].join(' '))
  try {
    const isClass = /^class/.test(String(value))
    const made = isClass ? new value(new Box(2)) : value.call(new Box(3), new Box(2))
    const result = made instanceof Promise ? 'promise' : typeof made?.next === 'function' ? made.next().value : made
    log.push(label + ' gave ' + (typeof result === 'object' ? Reflect.ownKeys(result).join() : String(result)))
  } catch (error) {
    log.push(label + ' threw ' + String(error))
  }
}`
