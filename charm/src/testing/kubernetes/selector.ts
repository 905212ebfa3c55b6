/** What a `LabelSelector` of an object says. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[]
}

type Labels = Readonly<Record<string, string>>

/**
 * Whether labels fit a selector as objects have it. One that says nothing fits everything.
 *
 * @example
 * matchesSelector({ a: '1' }, { matchExpressions: [{ key: 'a', operator: 'Exists' }] })   // true
 */
export function matchesSelector(labels: Labels, { matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  const fits = ({ key, operator, values = [] }: { key: string; operator: string; values?: readonly string[] }): boolean => {
    const value = labels[key]
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value)
      case 'NotIn':
        return value === undefined || !values.includes(value)
      case 'Exists':
        return value !== undefined
      case 'DoesNotExist':
        return value === undefined
      default:
        return false
    }
  }
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(fits)
}

/**
 * Whether labels fit a selector as a query has it: `a`, `!a`, `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, joined by commas.
 *
 * @example
 * matchesQuery({ a: '1' }, 'a in (1,2),!b')   // true
 */
export function matchesQuery(labels: Labels, query: string): boolean {
  const terms = query.match(/[^,(]+(?:\([^)]*\))?/g) ?? []
  return terms.every((term) => {
    const [, key = '', operator, list = ''] = /^\s*(\S+)\s+(in|notin)\s+\(([^)]*)\)\s*$/.exec(term) ?? []
    if (operator !== undefined) {
      const values = list.split(',').map((value) => value.trim())
      return matchesSelector(labels, { matchExpressions: [{ key, operator: operator === 'in' ? 'In' : 'NotIn', values }] })
    }
    const [name = '', sign, value = ''] = term.trim().split(/(!=|==?)/)
    if (sign === '!=') return labels[name] !== value
    if (sign !== undefined) return labels[name] === value
    return name.startsWith('!') ? labels[name.slice(1)] === undefined : labels[name] !== undefined
  })
}
