/** Collects what is wrong with a configuration, so that one reading names all of it. */
export interface Findings {
  readonly problems: string[]
  readonly warnings: string[]
}

/** A place in a configuration: `online_store.port`, with its line. */
export interface Place {
  readonly path: string
  readonly line: number
  readonly findings: Findings
}

/** A place below another one. */
export const below = ({ path, findings }: Place, name: string, line: number): Place => ({
  path: path === '' ? name : `${path}.${name}`,
  line,
  findings,
})

const where = ({ path, line }: Place): string => (path === '' ? `line ${line}` : `${path} (line ${line})`)

/** Notes a problem; reading goes on, and throws in the end. Never gets a value that may be a secret. */
export const report = (place: Place, why: string): void => {
  place.findings.problems.push(`${where(place)}: ${why}`)
}

/** Notes what works but is probably not meant. */
export const warn = (place: Place, why: string): void => {
  place.findings.warnings.push(`${where(place)}: ${why}`)
}
