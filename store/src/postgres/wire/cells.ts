/**
 * Where the cells of a row lie: found anew for each row, in arrays that grow once.
 *
 * @example
 * cells.find(buffer, start)
 * const first = cells.lengths[0] === -1 ? null : buffer.readInt32BE(cells.offsets[0])
 */
export class Cells {
  offsets = new Int32Array(16)
  /** -1 is NULL. */
  lengths = new Int32Array(16)

  /** Finds the cells in the body of a DataRow: https://www.postgresql.org/docs/18/protocol-message-formats.html */
  find(buffer: Buffer, start: number): void {
    const count = buffer.readInt16BE(start)
    if (count > this.offsets.length) {
      this.offsets = new Int32Array(count)
      this.lengths = new Int32Array(count)
    }
    const { offsets, lengths } = this
    let at = start + 2
    for (let cell = 0; cell < count; cell++) {
      const length = buffer.readInt32BE(at)
      at += 4
      offsets[cell] = at
      lengths[cell] = length
      if (length > 0) at += length
    }
  }
}
