import { Incoming, type Call, type Class, type Graph, type Value } from './graph.js'

/**
 * Graphs that differ in classes, size, shape and code, as the routes of an application do. They are
 * made from source text, so that each has functions of its own: an engine that sees one graph only
 * inlines all of it, and that says nothing about an application.
 */
export function generatedGraphs(count: number): Graph[] {
  const random = pseudoRandom(20)
  return Array.from({ length: count }, (_, index) => generated(`G${index}`, random))
}

interface Plan {
  readonly name: string
  readonly needs: readonly string[]
}

function generated(prefix: string, random: (below: number) => number): Graph {
  const constant = `${prefix}settings`
  const values: Plan[] = []
  const size = 3 + random(4)
  for (let index = 0; index < size; index++) {
    const below = [constant, ...values.map(({ name }) => name)]
    const needs = new Set([below.at(-1)!])
    for (let more = random(3); more > 0; more--) needs.add(below[random(below.length)]!)
    values.push({ name: `${prefix}value${index}`, needs: [...needs] })
  }
  const needed = new Set([
    values.at(-1)!.name,
    values[random(size)]!.name,
    values[random(size)]!.name,
  ])
  if (random(2) === 1) needed.add(constant)
  return evaluated(constant, values, [...needed, 'incoming'])
}

function evaluated(constant: string, plans: readonly Plan[], needs: readonly string[]): Graph {
  const code = new Function(sourceOf(constant, plans, needs))() as Omit<
    Graph,
    'constant' | 'values' | 'handlerNeeds'
  > & {
    constant: object
    types: Record<string, Class>
    makers: Record<string, Call>
  }
  const typeOf = (name: string) => (name === 'incoming' ? Incoming : code.types[name]!)
  return {
    ...code,
    constant: { name: constant, type: typeOf(constant), value: code.constant },
    values: plans.map(({ name, needs }): Value => {
      const make = code.makers[name]!
      return { name, type: typeOf(name), needs: needs.map(typeOf), make, isAsync: false }
    }),
    handlerNeeds: needs.map(typeOf),
  }
}

/** What somebody who wires this graph by hand would write, once with and once without a `Map`. */
function sourceOf(constant: string, plans: readonly Plan[], needs: readonly string[]): string {
  const each = (line: (name: string, needs: readonly string[]) => string) =>
    plans.map(({ name, needs }) => line(name, needs)).join('\n')
  const fromMap = (needs: readonly string[]) =>
    needs.map((need) => {
      if (need === constant) return constant
      return need === 'incoming' ? `made.get('incoming')` : `made_${need}(made)`
    })
  const types = [constant, ...plans.map(({ name }) => name)].map(
    (name) => `${name}: ${classOf(name)}`,
  )
  const total = needs.map((need) => (need === 'incoming' ? 'incoming.id' : `${need}.total`))
  return `
    class ${classOf(constant)} { constructor() { this.total = 3 } }
    const ${constant} = new ${classOf(constant)}()
    ${each((name, needs) => {
      const fields = needs.map((need) => `this.${need} = ${need}`).join('; ')
      const sum = needs.map((need) => `${need}.total`).join(' + ')
      return `class ${classOf(name)} { constructor(${needs}) { ${fields}; this.total = 1 + ${sum} } }`
    })}
    ${each((name, needs) => {
      const make = `new ${classOf(name)}(${fromMap(needs)})`
      return `function made_${name}(made) {
        let value = made.get(${classOf(name)})
        if (value === undefined) made.set(${classOf(name)}, (value = ${make}))
        return value
      }`
    })}
    return {
      constant: ${constant},
      types: { ${types} },
      makers: { ${each((name, needs) => `${name}: (${needs}) => new ${classOf(name)}(${needs}),`)} },
      handler: (${needs}) => ${total.join(' + ')},
      byHand: (handler) => (incoming) => {
        ${each((name, needs) => `const ${name} = new ${classOf(name)}(${needs})`)}
        return handler(${needs})
      },
      byMemo: (handler) => (incoming) => {
        const made = new Map()
        made.set('incoming', incoming)
        return handler(${fromMap(needs)})
      },
    }`
}

function classOf(name: string): string {
  return name.replace(/[a-z]/, (letter) => letter.toUpperCase())
}

/** The same sequence in every process (a linear congruential generator). */
export function pseudoRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
