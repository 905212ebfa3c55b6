import { useState } from 'react'
import { segment } from '../../api/client.ts'
import type { Value, VersionsAnswer } from '../../api/contract.ts'
import { useApi } from '../../api/query.ts'
import { Age } from '../../part/age.tsx'
import { Select } from '../../part/field.tsx'
import { Section } from '../../part/properties.tsx'
import { Empty, Failure, Skeleton } from '../../part/state.tsx'
import { type Column, DataTable } from '../../part/table.tsx'
import { diffValues } from '../plan/diff.ts'
import { FieldDiff } from '../plan/field-diff.tsx'

type Version = VersionsAnswer['versions'][number]

const columns: readonly Column<Version>[] = [
  { id: 'version', head: 'Version', width: 's', cell: ({ version, current }) => `v${version}${current ? ' (current)' : ''}` },
  { id: 'description', head: 'What', width: 'name', cell: ({ description }) => description || <span className="quiet">–</span> },
  { id: 'created', head: 'When', width: 's', right: true, cell: ({ createdAt }) => <Age time={createdAt} bare /> },
]

/** The versions that the registry kept, and what changed between any two. */
export function VersionsTab({ project, name }: { readonly project: string; readonly name: string }) {
  const { data, isError, error, refetch } = useApi<VersionsAnswer>(`feature_views/${segment(name)}/versions`, { project })
  if (isError) return <Failure error={error} what="versions" onRetry={() => void refetch()} />
  if (!data) return <Skeleton rows={6} label="Loading versions" />
  if (data.versions.length === 0) {
    return (
      <Empty title="No earlier versions" code={'FeatureView(name="driver_stats", version="latest", ...)'}>
        The registry keeps a version each time a view's schema changes. Read one with a reference such as view@2:feature.
      </Empty>
    )
  }
  return (
    <div className="stack wide">
      <DataTable label="Versions" columns={columns} rows={data.versions} rowKey={({ version }) => String(version)} />
      {data.versions.length > 1 ? <VersionDiff versions={data.versions} /> : null}
    </div>
  )
}

function VersionDiff({ versions }: { readonly versions: readonly Version[] }) {
  const [from, setFrom] = useState(versions[1]?.version ?? 0)
  const [to, setTo] = useState(versions[0]?.version ?? 0)
  const specOf = (version: number): Value => versions.find((each) => each.version === version)?.spec ?? null
  const choices = versions.map(({ version }) => ({ value: String(version), name: `v${version}` }))
  return (
    <Section
      title="What changed"
      side={
        <>
          <Select
            label="From version"
            bare
            value={String(from)}
            choices={choices}
            onChange={(event) => setFrom(Number(event.target.value))}
          />
          <span className="quiet">to</span>
          <Select label="To version" bare value={String(to)} choices={choices} onChange={(event) => setTo(Number(event.target.value))} />
        </>
      }
    >
      <FieldDiff fields={diffValues(specOf(from), specOf(to))} />
    </Section>
  )
}
