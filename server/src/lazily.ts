/**
 * Makes a value when it is first asked for, and once.
 *
 * @example
 * const views = lazily(() => kinds.flatMap(list))
 * views() === views() // true
 */
export const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
