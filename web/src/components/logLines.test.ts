import { describe, expect, it } from 'vitest'
import type { LogLine } from '@/api/types'
import { append, fieldsOf, fits, prepend } from './logLines'

const line = (id: number, more: Partial<LogLine> = {}): LogLine => ({ id, time_ms: 0, level: 'info', machine: 1, event: null, text: `line ${id}`, fields: {}, ...more })
const ids = (lines: LogLine[]) => lines.map((l) => l.id)

describe('lines of a log', () => {
  it('are in order, each once', () => {
    expect(ids(append([line(1), line(2)], [line(2), line(3)]))).toEqual([1, 2, 3])
    expect(ids(prepend([line(3)], [line(2), line(3)]))).toEqual([2, 3])
    expect(ids(prepend([], [line(2)]))).toEqual([2])
  })
  it('lose the oldest when there are too many', () => {
    expect(ids(append([line(1), line(2)], [line(3), line(4)], 3))).toEqual([2, 3, 4])
  })
  it('are filtered as the server does', () => {
    expect(fits(line(1, { level: 'warn' }), 'info', '')).toBe(true)
    expect(fits(line(1, { level: 'debug' }), 'info', '')).toBe(false)
    expect(fits(line(1, { text: 'Lost the Connection' }), 'debug', 'connection')).toBe(true)
    expect(fits(line(1), 'debug', 'nothing like it')).toBe(false)
  })
  it('show what else was said in one row', () => {
    expect(fieldsOf(line(1, { fields: { table: 'orders', rows: 5, error: { code: 'GW1' } } as never }))).toBe('table=orders rows=5 error={"code":"GW1"}')
  })
})
