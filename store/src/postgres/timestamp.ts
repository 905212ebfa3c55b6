/** PostgreSQL's `infinity` and `-infinity` as microseconds: the values that its binary format gives them. */
export const infinity = 9_223_372_036_854_775_807n
/** See {@link infinity}. */
export const negativeInfinity = -9_223_372_036_854_775_808n
/** 2000-01-01 in Unix microseconds: the zero of PostgreSQL's binary timestamps. */
export const postgresEpoch = 946_684_800_000_000n

/** {@link postgresEpoch} as the halves of a 64-bit integer, for those who add it without making a bigint. */
export const postgresEpochHalves = Object.freeze({ high: 220_417, low: 946_684_800_000_000 - 220_417 * 4_294_967_296 })

const microsADay = 86_400_000_000n
const iso = /^(\d{4,6})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?( BC)?$/

/** Days since 1970-01-01 of a proleptic Gregorian date: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

/** The reverse: https://howardhinnant.github.io/date_algorithms.html#civil_from_days */
const civilFromDays = (days: number): readonly [year: number, month: number, day: number] => {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leaps = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day]
}

/**
 * Reads the ISO text of a `timestamptz` or `timestamp` (taken as UTC) into Unix microseconds; every year that PostgreSQL has, both infinities.
 * Throws a `RangeError` for any other text.
 *
 * @example
 * parseTimestamp('2024-02-29 12:00:00.000001+00') // 1709208000000001n
 */
export const parseTimestamp = (text: string): bigint => {
  if (text === 'infinity') return infinity
  if (text === '-infinity') return negativeInfinity
  const match = iso.exec(text)
  if (match === null) throw new RangeError(`cannot read timestamp "${text}": it is not PostgreSQL's ISO form`)
  const [, year, month, day, hour, minute, second, fraction = '', sign, ...rest] = match
  const [offsetHour = 0, offsetMinute = 0, offsetSecond = 0] = rest.slice(0, 3).map((part) => Number(part ?? 0))
  const offset = (offsetHour * 3600 + offsetMinute * 60 + offsetSecond) * (sign === '-' ? -1 : 1)
  const days = daysFromCivil(rest[3] === undefined ? Number(year) : 1 - Number(year), Number(month), Number(day))
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset
  return BigInt(days) * microsADay + BigInt(seconds * 1_000_000 + Number(fraction.padEnd(6, '0')))
}

const pad = (value: number, length = 2): string => String(value).padStart(length, '0')

/**
 * Writes Unix microseconds as the text that a `timestamptz` parameter takes: UTC is said, so the session's time zone cannot shift it.
 *
 * @example
 * formatTimestamp(1709208000000001n) // '2024-02-29 12:00:00.000001+00'
 */
export const formatTimestamp = (micros: bigint): string => {
  if (micros === infinity) return 'infinity'
  if (micros === negativeInfinity) return '-infinity'
  const ofDay = Number(((micros % microsADay) + microsADay) % microsADay)
  const [year, month, day] = civilFromDays(Number((micros - BigInt(ofDay)) / microsADay))
  const seconds = Math.floor(ofDay / 1_000_000)
  const time = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
  const date = `${pad(year > 0 ? year : 1 - year, 4)}-${pad(month)}-${pad(day)}`
  return `${date} ${time}.${pad(ofDay % 1_000_000, 6)}+00${year > 0 ? '' : ' BC'}`
}
