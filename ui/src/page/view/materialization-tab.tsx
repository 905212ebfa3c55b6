import { useState } from 'react'
import type { Coverage, CoverageSegment, RunsAnswer } from '../../api/contract.ts'
import type { Interval } from '../../api/feast.ts'
import { isOn, useApi, useHost } from '../../api/query.ts'
import { DurationBars } from '../../chart/duration-bars.tsx'
import { CoverageStrip, segmentWords } from '../../chart/strip.tsx'
import { formatSpan, formatUtc } from '../../format/time.ts'
import { Button } from '../../part/button.tsx'
import { Select } from '../../part/field.tsx'
import { Section } from '../../part/properties.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { useUrlState } from '../../query/url.ts'
import { FillDialog, type FillRange } from '../runs/fill-dialog.tsx'
import { RunTable } from '../runs/run-table.tsx'

interface MaterializationTabProps {
  readonly project: string
  readonly view: string
  readonly intervals: readonly Interval[]
}

function isBroken({ state }: CoverageSegment): boolean {
  return state === 'gap' || state === 'failed'
}

function rangeFrom(days: number): string {
  const start = new Date(Date.now() - days * 86_400_000)
  start.setUTCMinutes(0, 0, 0)
  return start.toISOString()
}

/** The strip in words. */
function coverageWords({ coveredSeconds, gapSeconds }: Coverage): string {
  if (coveredSeconds === 0 && gapSeconds === 0) return 'Nothing of this range is in the online store, and no data of it is known.'
  return `${formatSpan(coveredSeconds, 2)} in the online store, ${gapSeconds === 0 ? 'no gaps' : `${formatSpan(gapSeconds, 2)} missing`}`
}

/** What of the view's history is online, what is missing, and the runs that put it there. */
export function MaterializationTab({ project, view, intervals }: MaterializationTabProps) {
  const { switches } = useHost()
  const [days, setDays] = useUrlState('days', '30')
  const [fill, setFill] = useUrlState('fill')
  const [range, setRange] = useState<FillRange | null>(null)
  const [from] = useState(() => new Map(['7', '30', '90'].map((each) => [each, rangeFrom(Number(each))])))
  const coverage = useApi<Coverage>(
    'coverage',
    { project, view, from: from.get(days) ?? rangeFrom(30) },
    { enabled: isOn(switches.coverage) },
  )
  const mayRun = isOn(switches.runs)

  if (!isOn(switches.coverage)) return <Intervals intervals={intervals} />
  const gaps = coverage.data?.segments.filter(isBroken) ?? []
  return (
    <div className="stack wide">
      <Section
        title="Coverage"
        side={
          <>
            <span className="push" />
            <Select
              label="Range"
              bare
              value={days}
              onChange={(event) => setDays(event.target.value)}
              choices={['7', '30', '90'].map((value) => ({ value, name: `${value} days` }))}
            />
          </>
        }
      >
        {coverage.isError ? (
          <Failure error={coverage.error} what="the coverage" onRetry={() => void coverage.refetch()} />
        ) : coverage.data ? (
          <>
            <CoverageStrip coverage={coverage.data} onGap={mayRun ? ({ start, end }) => setRange({ start, end }) : undefined} />
            <p className="label">{coverageWords(coverage.data)}</p>
            {gaps.length > 0 ? <Gaps gaps={gaps} onFill={mayRun ? setRange : null} /> : null}
          </>
        ) : (
          <Skeleton rows={2} label="Loading the coverage" />
        )}
      </Section>
      <Runs project={project} view={view} />
      {range || fill === 'now' ? (
        <FillDialog
          project={project}
          views={[view]}
          range={range}
          onClose={() => {
            setRange(null)
            setFill('')
          }}
        />
      ) : null}
    </div>
  )
}

function Gaps({ gaps, onFill }: { readonly gaps: readonly CoverageSegment[]; readonly onFill: ((range: FillRange) => void) | null }) {
  return (
    <ul className="gaps">
      {gaps.slice(0, 8).map((gap) => (
        <li key={gap.start} className="row">
          <span className="num">{segmentWords(gap)}</span>
          {onFill ? (
            <Button
              look="quiet"
              onClick={() => onFill({ start: gap.start, end: gap.end })}
              aria-label={`Fill this gap: ${segmentWords(gap)}`}
            >
              Fill this gap
            </Button>
          ) : null}
        </li>
      ))}
      {gaps.length > 8 ? <li className="label">and {gaps.length - 8} more</li> : null}
    </ul>
  )
}

function Runs({ project, view }: { readonly project: string; readonly view: string }) {
  const runs = useApi<RunsAnswer>('runs', { project, view, limit: 50 })
  return (
    <Section title="Runs">
      {runs.isError ? (
        <Failure error={runs.error} what="the runs" onRetry={() => void runs.refetch()} />
      ) : runs.data ? (
        <>
          <DurationBars runs={runs.data.runs} />
          <RunTable project={project} runs={runs.data.runs} />
        </>
      ) : (
        <Skeleton rows={5} label="Loading the runs" />
      )}
    </Section>
  )
}

/** Without our server's records: what the registry itself keeps. */
function Intervals({ intervals }: { readonly intervals: readonly Interval[] }) {
  if (intervals.length === 0) return <p className="quiet">The registry knows of no materialization.</p>
  return (
    <Section title="Materialized intervals">
      <ul className="gaps">
        {intervals.toReversed().map(({ startTime, endTime }) => (
          <li key={`${startTime} ${endTime}`} className="num">
            {formatUtc(new Date(startTime))} to {formatUtc(new Date(endTime))} UTC
          </li>
        ))}
      </ul>
    </Section>
  )
}
