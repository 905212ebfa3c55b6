import type { AnchorHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react'
import { hrefOf, navigate } from './router.ts'

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  readonly to: string
  readonly replace?: boolean
  readonly keepScroll?: boolean
  readonly ref?: Ref<HTMLAnchorElement>
  readonly children?: ReactNode
}

/** A link of ours: a real `<a href>`, so that a middle click opens a tab and Kubeflow's dashboard sees where we are. */
export function Link({ to, replace = false, keepScroll = false, onClick, ...rest }: LinkProps) {
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event)
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !plain || (rest.target && rest.target !== '_self')) return
    event.preventDefault()
    navigate(to, { replace, keepScroll })
  }
  return <a {...rest} href={hrefOf(to)} onClick={follow} />
}
