import { cliError } from './errors.ts'

/**
 * A time of the command line: ISO 8601, in UTC unless it says otherwise, as Feast takes it.
 *
 * @throws CLI_TIME_INVALID
 */
export const parseTime = (text: string): Date => {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`
  const time = new Date(/^\d{4}-\d\d-\d\d/.test(text) ? zoned.replace(' ', 'T') : '')
  if (Number.isNaN(time.getTime())) throw cliError('CLI_TIME_INVALID', [text])
  return time
}
