import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import type { PermissionExplanation } from '../../api/contract.ts'
import { useApi } from '../../api/query.ts'
import { Input, Select } from '../../part/field.tsx'
import { Word } from '../../part/health.tsx'
import { ObjectPicker } from '../../part/object-picker.tsx'
import { Section } from '../../part/properties.tsx'
import { Failure } from '../../part/state.tsx'
import { graphKinds } from '../lineage/graph-kinds.ts'
import '../lineage/lineage.css'

const actions = ['DESCRIBE', 'READ_ONLINE', 'READ_OFFLINE', 'WRITE_ONLINE', 'WRITE_OFFLINE', 'CREATE', 'UPDATE', 'DELETE'] as const

/** A user, an object, an action: allowed or not, and which rule says so. */
export function PermissionExplainer({ project }: { readonly project: string }) {
  const [user, setUser] = useState('')
  const [object, setObject] = useState('')
  const [action, setAction] = useState('READ_ONLINE')
  const asked = useApi<PermissionExplanation>('permissions/explain', { project, user, object, action }, { enabled: object !== '' })
  return (
    <Section title="Who may do what">
      <div className="lineage-tools">
        <Input label="User" value={user} placeholder="you" onChange={(event) => setUser(event.target.value)} />
        <Select
          label="Action"
          value={action}
          choices={actions.map((value) => ({ value, name: value.toLowerCase().replaceAll('_', ' ') }))}
          onChange={(event) => setAction(event.target.value)}
        />
        <ObjectPicker
          label="Object"
          project={project}
          of={graphKinds}
          value={object.split(':').slice(1).join(':')}
          placeholder="Find an object"
          onPick={({ kind, name }) => setObject(`${kind}:${name}`)}
        />
      </div>
      {asked.isError ? <Failure error={asked.error} what="the decision" /> : null}
      {asked.data ? (
        <p aria-live="polite">
          <Word tone={asked.data.allowed ? 'ok' : 'bad'} icon={asked.data.allowed ? CircleCheck : CircleX}>
            {asked.data.allowed ? 'Allowed' : 'Denied'}
          </Word>{' '}
          {asked.data.reason}
          {asked.data.permission ? <span className="quiet"> Rule: {asked.data.permission}.</span> : null}
        </p>
      ) : null}
    </Section>
  )
}
