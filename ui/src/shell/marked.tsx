interface MarkedProps {
  readonly text: string
  readonly query: string
  /** Where the server found it; without, the words of the query are looked for. */
  readonly ranges: readonly (readonly [number, number])[] | null
}

/** Where the words of a query stand in a text, in order and without overlap. */
export function findWords(text: string, query: string): (readonly [number, number])[] {
  const lower = text.toLowerCase()
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && !word.includes(':'))
  const found = words.map((word): readonly [number, number] => [lower.indexOf(word), lower.indexOf(word) + word.length])
  const sorted = found.filter(([start]) => start >= 0).toSorted(([a], [b]) => a - b)
  return sorted.filter(([start], position) => position === 0 || start >= (sorted[position - 1]?.[1] ?? 0))
}

/** A text with what was found in it marked. */
export function Marked({ text, query, ranges }: MarkedProps) {
  const marks = ranges ?? findWords(text, query)
  let end = 0
  const parts = marks.map(([start, stop]) => {
    const before = text.slice(end, start)
    end = stop
    return (
      <span key={start}>
        {before}
        <mark>{text.slice(start, stop)}</mark>
      </span>
    )
  })
  return (
    <>
      {parts}
      {text.slice(end)}
    </>
  )
}
