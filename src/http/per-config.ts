import type { Config } from '../config.ts'

/** Returns a function that calls `make` once for each `Config`, and then returns the same value again. */
export function oncePerConfig<Value>(make: (config: Config) => Value): (config: Config) => Value {
  const made = new WeakMap<Config, Value>()
  return (config) => {
    const value = made.get(config) ?? make(config)
    made.set(config, value)
    return value
  }
}
