import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Link } from '../route/link.tsx'
import { Icon } from './icon.tsx'
import './button.css'

type Look = 'plain' | 'primary' | 'quiet' | 'danger'

interface Common {
  readonly look?: Look
  readonly icon?: LucideIcon
  readonly children: ReactNode
}

/** A button is a verb. At most one of a page is `primary`. */
export function Button({
  look = 'plain',
  icon,
  busy = false,
  children,
  ...rest
}: Common & { readonly busy?: boolean; readonly ref?: Ref<HTMLButtonElement> } & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type="button" {...rest} className={`button ${look}`} aria-busy={busy || undefined} disabled={rest.disabled || busy}>
      {icon ? <Icon of={icon} /> : null}
      {children}
    </button>
  )
}

/** A link that looks like a button: it goes somewhere. */
export function ButtonLink({ look = 'plain', icon, children, to }: Common & { readonly to: string }) {
  return (
    <Link to={to} className={`button ${look}`}>
      {icon ? <Icon of={icon} /> : null}
      {children}
    </Link>
  )
}

/** A button that is only an icon, with its verb for screen readers and as a hint. */
export function IconButton({
  icon,
  label,
  ...rest
}: { readonly icon: LucideIcon; readonly label: string; readonly ref?: Ref<HTMLButtonElement> } & Omit<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'children' | 'className'
>) {
  return (
    <button type="button" title={label} aria-label={label} {...rest} className="button icon-only">
      <Icon of={icon} />
    </button>
  )
}
