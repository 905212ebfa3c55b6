import { describe, expect, test } from 'vitest'
import { ageSeconds, formatAgo, formatExact, formatRange, formatSpan, formatTook, formatUtc, parseDuration } from '../../src/format/time.ts'

describe('formatSpan', () => {
  test.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [7199, '1 h'],
    [86_400, '1 d'],
    [31_536_000, '1 y'],
    [-120, '−2 min'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatSpan(seconds)).toBe(text)
  })

  test('writes two units when asked, and leaves out one that is zero', () => {
    expect(formatSpan(90_000, 2)).toBe('1 d 1 h')
    expect(formatSpan(86_400, 2)).toBe('1 d')
    expect(formatSpan(86_460, 2)).toBe('1 d')
  })

  test('shows what is unknown as a dash, never as zero', () => {
    expect(formatSpan(null)).toBe('–')
    expect(formatSpan(Number.NaN)).toBe('–')
  })
})

test('a run of less than a second is told in milliseconds', () => {
  expect(formatTook(0.43)).toBe('430 ms')
  expect(formatTook(125)).toBe('2 min 5 s')
  expect(formatTook(null)).toBe('–')
})

test('an age looks back, a time to come looks forward', () => {
  expect(formatAgo(7200)).toBe('2 h ago')
  expect(formatAgo(-180)).toBe('in 3 min')
  expect(ageSeconds('2026-11-24T10:00:00Z', new Date('2026-11-24T12:00:00Z'))).toBe(7200)
  expect(ageSeconds('never', new Date())).toBeNull()
})

test("Feast's zero duration means no limit", () => {
  expect(parseDuration('86400s')).toBe(86_400)
  expect(parseDuration('0s')).toBeNull()
  expect(parseDuration(undefined)).toBeNull()
})

test('a time is written in UTC, and in full beside the reader’s zone', () => {
  expect(formatUtc(new Date('2026-01-02T03:04:00Z'))).toBe('2026-01-02 03:04')
  expect(formatUtc(new Date('2026-01-02T03:04:05Z'))).toBe('2026-01-02 03:04:05')
  expect(formatExact('2026-01-02T03:04:00.123456Z').split('\n')[0]).toBe('2026-01-02T03:04:00.123456Z')
})

test('a range is told to the minute, and its day once', () => {
  expect(formatRange(new Date('2026-01-02T03:04:05Z'), new Date('2026-01-02T13:00:00Z'))).toBe('2026-01-02 03:04 to 13:00')
  expect(formatRange(new Date('2026-01-02T03:04:05Z'), new Date('2026-01-03T13:00:59Z'))).toBe('2026-01-02 03:04 to 2026-01-03 13:00')
})
