// Frontend messages: https://www.postgresql.org/docs/18/protocol-message-formats.html

const initialBytes = 16 * 1024
/** A buffer that one large request made is not kept for small ones. */
const keptBytes = 1024 * 1024

/** Execute the unnamed portal to its end. */
const execute = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0])
/** The same, then Sync: the end of every request. */
const executeAndSync = Buffer.concat([execute, Buffer.from([0x53, 0, 0, 0, 4])])
/** Terminate: the goodbye. */
export const terminate = Buffer.from([0x58, 0, 0, 0, 4])

/** A parameter of a statement in its binary form; null is SQL NULL. */
export type Parameter = Uint8Array | null

/**
 * Puts messages for the server one behind the other into one growing buffer, which `take` gives away to be written.
 *
 * @example
 * writer.parse('s1', 'SELECT $1::int8')
 * writer.run('s1', [encodeInt8(1n)])
 * const bytes = writer.take()
 * socket.write(bytes, () => writer.giveBack(bytes))
 */
export class MessageWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(initialBytes)
  #spare: Buffer | undefined
  /** Bytes that wait to be taken. */
  length = 0

  /** What waits; the writer goes on in another buffer until this one is given back. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length)
    this.#bytes = this.#spare ?? Buffer.allocUnsafeSlow(initialBytes)
    this.#spare = undefined
    this.length = 0
    return taken
  }

  /** Takes back, for use again, what the socket has copied. */
  giveBack(taken: Buffer): void {
    if (taken.buffer.byteLength > keptBytes || taken.byteOffset !== 0) return
    this.#spare ??= Buffer.from(taken.buffer)
  }

  /** Version 3.0 and the parameters of the session. */
  startup(parameters: Readonly<Record<string, string>>): void {
    const start = this.#open()
    this.#int32(196_608)
    for (const [name, value] of Object.entries({ ...parameters, client_encoding: 'UTF8' })) {
      this.#text(name)
      this.#text(value)
    }
    this.#byte(0)
    this.#close(start)
  }

  /** PasswordMessage: a password, or its MD5 form. */
  password(text: string): void {
    const start = this.#open(0x70)
    this.#text(text)
    this.#close(start)
  }

  saslInitial(mechanism: string, response: string): void {
    const start = this.#open(0x70)
    this.#text(mechanism)
    this.#int32(Buffer.byteLength(response))
    this.#raw(response)
    this.#close(start)
  }

  saslResponse(response: string): void {
    const start = this.#open(0x70)
    this.#raw(response)
    this.#close(start)
  }

  /** Prepares a statement; the types of its parameters are left to the casts in its text. */
  parse(name: string, text: string): void {
    const start = this.#open(0x50)
    this.#text(name)
    this.#text(text)
    this.#int16(0)
    this.#close(start)
  }

  /** Binds parameters to the unnamed portal, everything binary in both directions, executes it, and ends the request. */
  run(name: string, parameters: readonly Parameter[]): void {
    this.#bind(name, parameters)
    this.#copy(executeAndSync)
  }

  /** A statement that runs before another in the same request, and so in the same transaction. */
  runBefore(text: string): void {
    this.parse('', text)
    this.#bind('', [])
    this.#copy(execute)
  }

  /** Forgets a prepared statement. */
  closeStatement(name: string): void {
    const start = this.#open(0x43)
    this.#byte(0x53)
    this.#text(name)
    this.#close(start)
  }

  #bind(name: string, parameters: readonly Parameter[]): void {
    const start = this.#open(0x42)
    this.#byte(0)
    this.#text(name)
    this.#int16(1)
    this.#int16(1)
    this.#int16(parameters.length)
    for (const parameter of parameters) {
      this.#int32(parameter === null ? -1 : parameter.length)
      if (parameter !== null) this.#copy(parameter)
    }
    this.#int16(1)
    this.#int16(1)
    this.#close(start)
  }

  #open(type?: number): number {
    if (type !== undefined) this.#byte(type)
    const start = this.length
    this.#int32(0)
    return start
  }

  #close(start: number): void {
    this.#bytes.writeInt32BE(this.length - start, start)
  }

  #byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.length++] = value
  }

  #int16(value: number): void {
    this.#reserve(2)
    this.length = this.#bytes.writeInt16BE(value, this.length)
  }

  #int32(value: number): void {
    this.#reserve(4)
    this.length = this.#bytes.writeInt32BE(value, this.length)
  }

  #raw(text: string): void {
    this.#reserve(text.length * 3)
    this.length += this.#bytes.write(text, this.length)
  }

  #text(text: string): void {
    this.#raw(text)
    this.#byte(0)
  }

  #copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length + more, this.#bytes.length * 2))
    this.#bytes.copy(larger, 0, 0, this.length)
    this.#bytes = larger
  }
}
