import { describe, expect, it } from 'vitest'
import { seriesOf } from './series'

const sample = (at_ms: number, phase: string) => ({ at_ms, phase, rows: 0, bytes: 0, rows_per_s: at_ms, bytes_per_s: 0 })

describe('seriesOf', () => {
  it('has a line for each stage, in step', () => {
    const s = seriesOf([sample(1, 'load'), sample(2, 'done'), sample(3, 'check'), sample(4, 'done')])
    expect(s.times).toEqual([1, 2, 3, 4])
    expect(s.full.map((x) => x?.at_ms ?? null)).toEqual([1, 2, null, null])
    expect(s.check.map((x) => x?.at_ms ?? null)).toEqual([null, null, 3, 4])
  })
  it('is interrupted where nothing was told', () => {
    const s = seriesOf([sample(1, 'load'), sample(100_000, 'load')])
    expect(s.times).toEqual([1, 2, 100_000])
    expect(s.full.map((x) => x?.at_ms ?? null)).toEqual([1, null, 100_000])
  })
})
