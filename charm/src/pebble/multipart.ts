/** A part of a multipart/form-data document (RFC 7578). */
export interface Part {
  readonly name: string
  readonly filename: string | null
  readonly content: Buffer
}

const crlf = '\r\n'

const quote = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')

const unquote = (text: string): string => text.replace(/\\(.)/g, '$1')

/**
 * Writes a multipart document. The boundary must stand in none of the parts: a random one.
 *
 * @example
 * writeMultipart('x1', [{ name: 'request', filename: null, content: Buffer.from('{}') }])
 */
export const writeMultipart = (boundary: string, parts: readonly Part[]): Buffer => {
  const written = parts.flatMap(({ name, filename, content }) => {
    const file = filename === null ? '' : `; filename="${quote(filename)}"`
    const type = filename === null ? 'application/json' : 'application/octet-stream'
    const head = `--${boundary}${crlf}Content-Disposition: form-data; name="${quote(name)}"${file}${crlf}Content-Type: ${type}${crlf}${crlf}`
    return [Buffer.from(head), content, Buffer.from(crlf)]
  })
  return Buffer.concat([...written, Buffer.from(`--${boundary}--${crlf}`)])
}

const parsePart = (bytes: Buffer): Part | null => {
  const end = bytes.indexOf(`${crlf}${crlf}`)
  if (end === -1) return null
  const disposition = /^content-disposition:(.*)$/im.exec(bytes.subarray(0, end).toString())?.[1] ?? ''
  const name = /[; ]name="((?:\\.|[^"\\])*)"/i.exec(disposition)?.[1]
  const filename = /[; ]filename="((?:\\.|[^"\\])*)"/i.exec(disposition)?.[1]
  if (name === undefined) return null
  // Content ends before the line break that belongs to the next boundary.
  const content = bytes.subarray(end + 4, bytes.length - 2)
  return { name: unquote(name), filename: filename === undefined ? null : unquote(filename), content }
}

/**
 * Reads a multipart document; null when it is none. `contentType` names the boundary.
 *
 * @example
 * parseMultipart('multipart/form-data; boundary=x1', bytes)?.find(({ name }) => name === 'response')
 */
export const parseMultipart = (contentType: string, bytes: Buffer): readonly Part[] | null => {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (!contentType.startsWith('multipart/form-data') || boundary === undefined) return null
  const delimiter = Buffer.from(`${crlf}--${boundary}`)
  const document = Buffer.concat([Buffer.from(crlf), bytes])
  const parts: Part[] = []
  let start = document.indexOf(delimiter)
  while (start !== -1) {
    const next = document.indexOf(delimiter, start + delimiter.length)
    if (next === -1) break
    const part = parsePart(document.subarray(start + delimiter.length + 2, next + 2))
    if (part === null) return null
    parts.push(part)
    start = next
  }
  return parts
}
