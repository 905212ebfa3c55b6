import type { Outcome } from '../scenario/run.ts'

/** Forms in which a credential may leave: plain, in a URL, in base64, in JSON. */
function formsOf(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)]
}

/** What a hook let out. */
export type Leaky = Pick<Outcome, 'log' | 'trace' | 'unitStatusHistory' | 'appStatusHistory' | 'stdout' | 'stderr'>

/**
 * Where credentials of a state came out: log lines, statuses, arguments of hook tools, standard output and error.
 *
 * @example
 * findLeaks(outcome, ['pw-1'])   // ['the log says "pw-1"']
 */
export function findLeaks(outcome: Leaky, secrets: readonly string[]): string[] {
  const places: readonly (readonly [string, readonly string[]])[] = [
    ['the log', outcome.log.map(({ message }) => message)],
    ['a status', [...outcome.unitStatusHistory, ...outcome.appStatusHistory].map(({ message }) => message)],
    ['an argument of a hook tool', outcome.trace.flatMap((entry) => (entry.kind === 'tool' ? entry.args : []))],
    ['the output', [outcome.stdout, outcome.stderr]],
  ]
  // Words that are also parts of names and texts would be found everywhere.
  const forms = secrets.filter((secret) => secret.length > 3).flatMap((secret) => formsOf(secret).map((form) => [secret, form] as const))
  return places.flatMap(([place, texts]) => {
    const found = forms.filter(([, form]) => texts.some((text) => text.includes(form)))
    return [...new Set(found.map(([secret]) => `${place} says "${secret}"`))]
  })
}
