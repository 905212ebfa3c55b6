import { asTexts } from './answer.ts'
import type { FakeLayer } from './plan.ts'

/** Services and whatever they require, in the order of their start. */
export function startOrder(plan: FakeLayer, names: readonly string[]): string[] {
  const all = closure(names, (name) => asTexts(plan.services[name]?.requires))
  return inOrder(all, (name) => startsAfter(plan, name))
}

/** Services and whatever requires them, in the order of their stop. */
export function stopOrder(plan: FakeLayer, names: readonly string[]): string[] {
  const servicesWith = (wanted: (name: string) => boolean): string[] => Object.keys(plan.services).filter(wanted)
  const all = closure(names, (name) => servicesWith((other) => asTexts(plan.services[other]?.requires).includes(name)))
  return inOrder(all, (name) => servicesWith((other) => startsAfter(plan, other).includes(name)))
}

/** Services that each must start after another of them, or null. */
export function findLoop(plan: FakeLayer): string[] | null {
  const names = new Set(Object.keys(plan.services))
  const ordered = inOrder(names, (name) => startsAfter(plan, name))
  const loop = [...names].filter((name) => !ordered.includes(name)).sort()
  return loop.length === 0 ? null : loop
}

/** What a service starts after: by its own `after`, or by their `before`. */
function startsAfter({ services }: FakeLayer, name: string): string[] {
  const before = Object.keys(services).filter((other) => asTexts(services[other]?.before).includes(name))
  return [...asTexts(services[name]?.after), ...before]
}

function closure(names: readonly string[], next: (name: string) => readonly string[]): Set<string> {
  const found = new Set(names)
  for (const name of found) for (const other of next(name)) found.add(other)
  return found
}

/** Each one behind those that must come first, else by name; those in a loop are left out. */
function inOrder(names: ReadonlySet<string>, first: (name: string) => readonly string[]): string[] {
  const ordered: string[] = []
  const left = new Set([...names].sort())
  const isReady = (name: string): boolean => first(name).every((other) => !left.has(other) || other === name)
  for (let next = [...left].find(isReady); next !== undefined; next = [...left].find(isReady)) {
    ordered.push(next)
    left.delete(next)
  }
  return ordered
}
