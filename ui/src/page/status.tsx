import './home.css'
import { CircleCheck, CircleOff, CircleX, Lock } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { Status, StoreStatus, Switch, SwitchName } from '../api/contract.ts'
import { useApi } from '../api/query.ts'
import { formatCount, formatMilliseconds } from '../format/number.ts'
import { formatSpan } from '../format/time.ts'
import { Age } from '../part/age.tsx'
import { Word } from '../part/health.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Failure, Skeleton } from '../part/state.tsx'
import { type Column, DataTable } from '../part/table.tsx'
import type { PageProps } from '../route/routes.tsx'
import { liveState, onLiveChange } from '../shell/live.ts'

declare const __UI_VERSION__: string

const stores: readonly Column<StoreStatus>[] = [
  { id: 'role', head: 'Store', width: 's', cell: ({ role }) => role },
  { id: 'type', head: 'Type', width: 'm', cell: ({ type }) => type },
  {
    id: 'state',
    head: 'State',
    width: 'm',
    cell: ({ state }) =>
      state === 'ok' ? (
        <Word tone="ok" icon={CircleCheck}>
          Answers
        </Word>
      ) : state === 'down' ? (
        <Word tone="bad" icon={CircleX}>
          Down
        </Word>
      ) : (
        <Word tone="idle" icon={CircleOff}>
          Not configured
        </Word>
      ),
  },
  { id: 'time', head: 'Round trip', width: 's', right: true, cell: ({ milliseconds }) => formatMilliseconds(milliseconds) },
  { id: 'version', head: 'Version', width: 'm', from: 'medium', cell: ({ version }) => version ?? '–' },
  {
    id: 'error',
    head: 'Error',
    width: 'name',
    from: 'medium',
    cell: ({ error }) => (error ? <span title={error}>{error}</span> : <span className="quiet">–</span>),
  },
]

const switchNames: Readonly<Record<SwitchName, string>> = {
  data: 'Stored values',
  online: 'Online lookup',
  writes: 'Plan and apply',
  runs: 'Start runs',
  sql: 'SQL from the browser',
  freshness: 'Freshness and runs',
  coverage: 'Coverage',
  events: 'Live updates',
  monitoring: 'Monitoring',
  serving: 'Serving metrics',
  usage: 'Usage',
  permissions: 'Permission explainer',
}

interface SwitchRow {
  readonly name: string
  readonly value: Switch
}

const switchColumns: readonly Column<SwitchRow>[] = [
  { id: 'name', head: 'Feature', width: 'l', cell: ({ name }) => name },
  {
    id: 'state',
    head: 'State',
    width: 'm',
    cell: ({ value }) =>
      value.state === 'on' ? (
        <Word tone="ok" icon={CircleCheck}>
          On
        </Word>
      ) : value.state === 'forbidden' ? (
        <Word tone="warn" icon={Lock}>
          Not for you
        </Word>
      ) : (
        <Word tone="idle" icon={CircleOff}>
          Off
        </Word>
      ),
  },
  {
    id: 'why',
    head: 'Why, and what turns it on',
    width: 'name',
    from: 'medium',
    cell: ({ value }) =>
      value.state === 'on' ? (
        <span className="quiet">–</span>
      ) : (
        <>
          {value.reason}
          {value.state === 'not_configured' && value.setting ? (
            <>
              {' '}
              <code>{value.setting}</code>
            </>
          ) : null}
        </>
      ),
  },
]

const liveWords = { live: 'as it happens', polling: 'asked for every 30 s', offline: 'the server does not answer', off: 'off' } as const

/** Health and set-up of the server: what answers, what is on, what limits there are. */
export function StatusPage(_props: PageProps) {
  const status = useApi<Status>('status', {}, { refetchEvery: 30_000 })
  const live = useSyncExternalStore(onLiveChange, liveState)
  const { data } = status
  return (
    <>
      <PageHead name="Settings" crumbs={[{ name: 'Settings' }]} />
      {status.isError && !data ? (
        <Failure error={status.error} what="the status of the server" onRetry={() => void status.refetch()} />
      ) : !data ? (
        <Skeleton rows={12} label="Loading the status" />
      ) : (
        <>
          <Section title="Stores">
            <DataTable label="Stores" columns={stores} rows={data.stores} rowKey={({ role }) => role} />
          </Section>
          <div className="home">
            <Section title="Server">
              <Properties
                rows={[
                  { name: 'Version', value: data.version },
                  { name: 'Pages', value: __UI_VERSION__ },
                  { name: 'Speaks Feast', value: data.feastVersion },
                  { name: 'Node.js', value: data.nodeVersion },
                  { name: 'Started', value: <Age time={data.startedAt} /> },
                  { name: 'Signed in as', value: data.session.user ?? 'nobody: reading only' },
                  { name: 'Updates', value: liveWords[live] },
                ]}
              />
            </Section>
            <Section title="Registry">
              <Properties
                rows={[
                  { name: 'Type', value: data.registry.type },
                  { name: 'Version', value: <code>{data.registry.version}</code> },
                  { name: 'Read', value: <Age time={data.registry.loadedAt} /> },
                  {
                    name: 'Changes are',
                    value: data.registry.refresh === 'listen' ? 'told at once' : `looked for every ${formatSpan(data.registry.ttlSeconds)}`,
                  },
                ]}
              />
            </Section>
          </div>
          <Section title="Features of this server">
            <DataTable
              label="Features of this server"
              columns={switchColumns}
              rows={Object.entries(switchNames).map(([key, name]): SwitchRow => ({ name, value: data.switches[key as SwitchName] }))}
              rowKey={({ name }) => name}
            />
          </Section>
          <div className="home">
            <Section title="Configuration">
              <Properties rows={data.config.map(({ key, value }) => ({ name: key, value: <code>{value}</code> }))} />
            </Section>
            <Section title="Limits">
              <Properties rows={data.limits.map(({ name, value, unit }) => ({ name, value: `${formatCount(value)} ${unit}` }))} />
            </Section>
          </div>
        </>
      )}
    </>
  )
}
