import { Pencil } from 'lucide-react'
import type { Kind } from '../../api/contract.ts'
import { isOn, useSwitch } from '../../api/query.ts'
import { ButtonLink } from '../../part/button.tsx'
import { projectPath, withQuery } from '../../route/path.ts'

/** Leads to the plan of a change; there only where changes may be made. */
export function EditLink({ project, kind, name }: { readonly project: string; readonly kind: Kind; readonly name: string }) {
  if (!isOn(useSwitch('writes')) || project === 'all') return null
  return (
    <ButtonLink icon={Pencil} to={withQuery(projectPath(project, 'plan'), { edit: `${kind}:${name}` })}>
      Edit
    </ButtonLink>
  )
}
