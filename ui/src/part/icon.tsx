import type { LucideIcon, LucideProps } from 'lucide-react'
import type { Kind } from '../api/contract.ts'
import { kinds } from '../kind/kind.ts'

/** An icon at the size and stroke of the look; beside words, so hidden from screen readers. */
export function Icon({ of: Shape, size = 16, ...rest }: { readonly of: LucideIcon } & LucideProps) {
  return <Shape size={size} strokeWidth={1.5} aria-hidden="true" focusable="false" {...rest} />
}

/** The one icon of a kind. */
export function KindIcon({ kind, size = 16 }: { readonly kind: Kind; readonly size?: number }) {
  return <Icon of={kinds[kind].icon} size={size} className={`kind-icon kind-${kind}`} />
}
