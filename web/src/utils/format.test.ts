import { describe, expect, it } from 'vitest'
import {
  formatAgo, formatByteRate, formatBytes, formatCount, formatDuration, formatTook, formatPercent, formatShort, formatTime, NOTHING,
} from './format'

describe('how long something took', () => {
  it('is in seconds as long as these say more', () => {
    expect([0, 0.0333, 0.994, 0.995, 3.98, 9.96, 42.4, 59.4].map(formatTook)).toEqual(['0.00 s', '0.03 s', '0.99 s', '1.0 s', '4.0 s', '10 s', '42 s', '59 s'])
    expect([59.5, 60, 3725].map(formatTook)).toEqual(['00:59', '01:00', '01:02:05'])
    expect(formatTook(null)).toBe(NOTHING)
  })
})

describe('sizes', () => {
  it('are decimal, with three digits', () => {
    expect(formatBytes(0)).toBe('0 B')
    expect(formatBytes(999)).toBe('999 B')
    expect(formatBytes(1000)).toBe('1.00 kB')
    expect(formatBytes(12_345)).toBe('12.3 kB')
    expect(formatBytes(123_456_789)).toBe('123 MB')
    expect(formatByteRate(1_500_000)).toBe('1.50 MB/s')
  })
  it('never show 1000 of a unit, nor four digits', () => {
    expect(formatBytes(999_600)).toBe('1.00 MB')
    expect(formatBytes(9_999)).toBe('10.0 kB')
    expect(formatBytes(99_960)).toBe('100 kB')
  })
  it('end with the largest unit', () => expect(formatBytes(5e18)).toBe('5000 PB'))
  it('say nothing about what is not known', () => {
    for (const f of [formatBytes, formatByteRate, formatCount, formatShort, formatDuration, formatTook, formatPercent, formatTime]) {
      expect(f(null)).toBe(NOTHING)
      expect(f(undefined)).toBe(NOTHING)
      expect(f(NaN)).toBe(NOTHING)
    }
  })
})

describe('numbers', () => {
  it('are grouped by thin spaces, whatever the language', () => expect(formatCount(1_234_567)).toBe('1\u2009234\u2009567'))
  it('are short for charts', () => {
    expect(formatShort(950)).toBe('950')
    expect(formatShort(1234)).toBe('1.23 k')
    expect(formatShort(2_000_000)).toBe('2.00 M')
  })
  it('are whole only when they are', () => {
    expect(formatPercent(0)).toBe('0%')
    expect(formatPercent(0.9999)).toBe('99.9%')
    expect(formatPercent(1)).toBe('100%')
    expect(formatPercent(1.2)).toBe('100%')
  })
})

describe('times', () => {
  it('of durations', () => {
    expect(formatDuration(0)).toBe('00:00')
    expect(formatDuration(65_999)).toBe('01:05')
    expect(formatDuration(3_600_000)).toBe('01:00:00')
    expect(formatDuration(90_061_000)).toBe('1d 01:01:01')
    expect(formatDuration(-5)).toBe('00:00')
  })
  it('of days', () => {
    const ms = new Date(2026, 0, 31, 9, 5, 7, 42).getTime()
    expect(formatTime(ms)).toBe('2026-01-31 09:05:07')
    expect(formatTime(ms, 'minute')).toBe('2026-01-31 09:05')
    expect(formatTime(ms, 'ms')).toBe('2026-01-31 09:05:07.042')
  })
  it('ago, in a language', () => {
    expect(formatAgo(0, 300_000, 'en')).toBe('5 minutes ago')
    expect(formatAgo(0, 300_000, 'zh-CN')).toBe('5分钟前')
    expect(formatAgo(0, 2 * 86_400_000, 'en')).toBe('2 days ago')
    expect(formatAgo(0, 7_000, 'en')).toBe('7 seconds ago')
  })
})
