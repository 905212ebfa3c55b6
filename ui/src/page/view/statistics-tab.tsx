import type { FeatureStatistics } from '../../api/contract.ts'
import { Histogram } from '../../chart/histogram.tsx'
import { SeriesChart } from '../../chart/series.tsx'
import { formatCount, formatMeasure, formatPercent } from '../../format/number.ts'
import { formatUtc } from '../../format/time.ts'
import { formatType } from '../../format/value.ts'
import { Properties, Section } from '../../part/properties.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { Link } from '../../route/link.tsx'
import { featurePath } from '../../route/path.ts'
import { nullRate, useStatistics } from './statistics.ts'
import './statistics-tab.css'

/** The numbers of one feature beside its histogram. */
export function FeatureNumbers({ statistics }: { readonly statistics: FeatureStatistics }) {
  const { quantiles } = statistics
  return (
    <Properties
      rows={[
        { name: 'Rows', value: <span className="num">{formatCount(statistics.rows)}</span> },
        { name: 'Null', value: <span className="num">{formatPercent(nullRate(statistics))}</span> },
        { name: 'Distinct', value: <span className="num">{formatCount(statistics.distinct)}</span> },
        statistics.mean === null ? null : { name: 'Mean', value: <span className="num">{formatMeasure(statistics.mean)}</span> },
        statistics.stddev === null ? null : { name: 'Std dev', value: <span className="num">{formatMeasure(statistics.stddev)}</span> },
        quantiles === null ? null : { name: 'Median', value: <span className="num">{formatMeasure(quantiles['0.5'])}</span> },
        quantiles === null
          ? null
          : {
              name: '5 % to 95 %',
              value: <span className="num">{`${formatMeasure(quantiles['0.05'])} to ${formatMeasure(quantiles['0.95'])}`}</span>,
            },
        quantiles === null
          ? null
          : { name: 'Range', value: <span className="num">{`${formatMeasure(quantiles['0'])} to ${formatMeasure(quantiles['1'])}`}</span> },
      ]}
    />
  )
}

/** Null rate and mean by day. */
export function FeatureDays({ statistics }: { readonly statistics: FeatureStatistics }) {
  const { days, feature } = statistics
  if (days.length < 2) return null
  const numeric = days.some(({ mean }) => mean !== null)
  return (
    <div className="day-charts">
      <figure>
        <figcaption className="label">Null rate by day</figcaption>
        <SeriesChart
          label={`Null rate of ${feature} by day`}
          format={(value) => formatPercent(value)}
          series={[{ name: 'null', points: days.map(({ day, nullRate: value }) => ({ at: day, value })) }]}
        />
      </figure>
      {numeric ? (
        <figure>
          <figcaption className="label">Mean by day</figcaption>
          <SeriesChart
            label={`Mean of ${feature} by day`}
            format={formatMeasure}
            free
            series={[{ name: 'mean', points: days.map(({ day, mean }) => ({ at: day, value: mean })) }]}
          />
        </figure>
      ) : null}
    </div>
  )
}

/** All features of a view at a glance. */
export function StatisticsTab({ project, view }: { readonly project: string; readonly view: string }) {
  const statistics = useStatistics(project, view)
  if (statistics.isError) return <Failure error={statistics.error} what="statistics" onRetry={() => void statistics.refetch()} />
  if (!statistics.data) return <Skeleton rows={10} label="Counting" />
  const { rows, sampled, from, to, features } = statistics.data
  return (
    <div className="stack wide">
      <p className="label">
        {sampled ? 'The newest ' : 'All '}
        {formatCount(rows)} rows{from && to ? `, ${formatUtc(new Date(from))} to ${formatUtc(new Date(to))} UTC` : ''}
      </p>
      {features.map((each) => (
        <Section
          key={each.feature}
          title={each.feature}
          side={
            <>
              <span className="mono quiet">{formatType(each.type)}</span>
              <Link to={featurePath(project, view, each.feature)}>Details</Link>
            </>
          }
        >
          <div className="statistics">
            {each.histogram ? (
              <Histogram data={each.histogram} label={`Distribution of ${each.feature}`} />
            ) : (
              <p className="quiet">No values to draw.</p>
            )}
            <FeatureNumbers statistics={each} />
          </div>
        </Section>
      ))}
    </div>
  )
}
