/** A record with each value changed. */
export function mapValues<T, U>(all: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, change(value)]))
}
