import type { Screen } from './screen.ts'

interface Fitted {
  readonly width: 'name' | 'wide' | 'xs' | 's' | 'm' | 'l'
  readonly from?: Screen
}

/** Widths of `table.css` in pixels; `wide` is a share of the table, `name` takes what is left. */
const widths = { xs: 76, s: 104, m: 144, l: 208 } as const
const wideShare = 0.24
const leastName = 168
const room: Readonly<Record<Screen, number>> = { narrow: 0, medium: 1, wide: 2 }

function pixels({ width }: Fitted, table: number): number {
  if (width === 'name') return leastName
  return width === 'wide' ? Math.max(120, table * wideShare) : widths[width]
}

/**
 * The columns that fit a table of this width, with room left for the names: those for wide screens go first, then those for medium
 * ones, from right to left. Columns for every screen always stay.
 */
export function fitColumns<Column extends Fitted>(columns: readonly Column[], table: number): readonly Column[] {
  const shown = [...columns]
  const total = () => shown.reduce((sum, column) => sum + pixels(column, table), 0)
  for (const rank of [room.wide, room.medium]) {
    for (let at = shown.length - 1; at > 0 && total() > table; at -= 1) {
      if (room[shown[at]?.from ?? 'narrow'] === rank) shown.splice(at, 1)
    }
  }
  return shown
}
