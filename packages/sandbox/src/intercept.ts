import { format } from 'node:util'

type Body = (...args: unknown[]) => unknown

/** Runs a test's body, given its full name (with those of its groups) and whatever Bun passes to the body. */
export type RunBody = (name: string, body: () => unknown) => unknown

/**
 * Returns Bun's `test` and `describe` as they are, except that `run` runs the body of every test. All their forms (`each`,
 * `concurrent`, `skipIf` and so on) are covered, since each of them leads back to a function that takes a name and a body.
 */
export function intercept<Test extends object, Describe extends object>(
  test: Test,
  describe: Describe,
  run: RunBody,
): { test: Test; describe: Describe } {
  let groups: string[] = []
  const inGroup = (name: string, body: Body): Body => {
    const [outer, inner] = [groups, [...groups, name]]
    return (...args) => {
      groups = inner
      try {
        return body(...args)
      } finally {
        groups = outer
      }
    }
  }
  const inTest = (name: string, body: Body): Body => {
    const path = groups
    return (...args) => run([...path, titled(name, args)].join(' > '), () => body(...args))
  }
  return { test: wrap(test, inTest), describe: wrap(describe, inGroup) }
}

// These are called with a table or a condition, and return what is called with a name and a body.
const MAKERS = new Set(['each', 'if', 'skipIf', 'todoIf', 'failingIf', 'concurrentIf', 'serialIf'])

function wrap<Registrar extends object>(
  registrar: Registrar,
  around: (name: string, body: Body) => Body,
): Registrar {
  return new Proxy(registrar, {
    apply(target, self, [name, ...rest]: unknown[]) {
      const wrapped = rest.map((argument) => {
        if (typeof argument !== 'function') return argument
        const body = around(String(name), argument as Body)
        // By the number of its parameters Bun knows a body that calls back when it is done.
        return Object.defineProperty(body, 'length', { value: argument.length })
      })
      return Reflect.apply(target as Body, self, [name, ...wrapped])
    },
    get(target, key) {
      const member = Reflect.get(target, key, target) as unknown
      if (typeof member !== 'function' || key in Function.prototype) return member
      if (!MAKERS.has(String(key))) return wrap(member, around)
      return (...args: unknown[]) => wrap(Reflect.apply(member, target, args) as object, around)
    },
  })
}

// Close to what Bun makes of a table's row: it does not tell.
const titled = (name: string, row: unknown[]) =>
  format(name.replaceAll('%p', '%j'), ...row.slice(0, name.match(/%[a-zA-Z]/g)?.length ?? 0))
