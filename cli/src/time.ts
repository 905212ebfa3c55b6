import { cliError } from './errors.ts'

/** Whether there is such a day: JavaScript takes the thirtieth of February for the second of March. */
const isDay = (day: string): boolean => {
  const time = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day)
}

/**
 * A time of the command line: ISO 8601, in UTC unless it says otherwise, as Feast takes it.
 *
 * @throws CLI_TIME_INVALID
 */
export const parseTime = (text: string): Date => {
  const [, day = '', clock = '00:00:00'] = /^(\d{4}-\d\d-\d\d)(?:[T ](.+))?$/.exec(text) ?? []
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(clock) ? clock : `${clock}Z`
  const time = new Date(isDay(day) ? `${day}T${zoned}` : '')
  if (Number.isNaN(time.getTime())) throw cliError('CLI_TIME_INVALID', [text])
  return time
}
