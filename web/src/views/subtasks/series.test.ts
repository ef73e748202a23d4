import { describe, expect, it } from 'vitest'
import { followSeriesOf, seriesOf } from './series'

const sample = (at_ms: number, phase: string) => ({ at_ms, phase, rows: 0, bytes: 0, rows_per_s: at_ms, bytes_per_s: 0, lag_ms: null, rest_rows: null, taken_rows_per_s: null })
const follow = (at_ms: number) => ({ ...sample(at_ms, 'follow'), lag_ms: 1500, rest_rows: 2, taken_rows_per_s: 7 })

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

describe('followSeriesOf', () => {
  it('has what belongs to the incremental migration, or the reverse one, and nothing else', () => {
    const samples = [sample(1, 'load'), follow(2), follow(3), follow(90_000), { ...follow(90_001), phase: 'reverse' }]
    expect(seriesOf(samples).times).toEqual([1])
    expect(followSeriesOf(samples, 'follow')).toEqual({ times: [2, 3, 4, 90_000], lag_s: [1.5, 1.5, null, 1.5], captured: [7, 7, null, 7], applied: [2, 3, null, 90_000] })
    expect(followSeriesOf(samples, 'reverse').times).toEqual([90_001])
  })
})
