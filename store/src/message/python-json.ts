/**
 * A flat record as the text that Python's `json.dumps` writes: a blank after separators, everything beyond ASCII escaped. Feast compares
 * nothing byte for byte, but a row that Python would write alike is a row that nobody has to wonder about.
 */
export const pythonJson = (record: Readonly<Record<string, string>>): string => {
  const text = (value: string): string =>
    JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `{${Object.entries(record)
    .map(([key, value]) => `${text(key)}: ${text(value)}`)
    .join(', ')}}`
}

/** A flat record of texts; null is read as absent. */
export const parsePythonJson = (text: string): Readonly<Record<string, string | undefined>> => {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null) return {}
  return Object.fromEntries(Object.entries(parsed).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])))
}
