import { describe, expect, it } from 'vitest'
import { paceOf } from './eta'

const one = (status: number, eta: number | null, rows = 10, bytes = 100) => ({ status, figures: { phase: 'load', eta_ms: eta, rows_per_s: rows, bytes_per_s: bytes } })

describe('paceOf', () => {
  it('the slowest of those that load counts, and speeds add up', () => {
    expect(paceOf([one(2, 5000), one(2, 9000), one(5, 60_000)])).toEqual({ stage: 'full', etaMs: 9000, rowsPerS: 30, bytesPerS: 300, moving: 3 })
  })
  it('when nothing loads any more, the check', () => {
    expect(paceOf([one(5, 700), one(8, null)])).toMatchObject({ stage: 'check', etaMs: 700, moving: 1 })
  })
  it('is not known while it is not known of each', () => {
    expect(paceOf([one(2, 5000), one(1, null)]).etaMs).toBeNull()
    expect(paceOf([{ status: 2, figures: null }]).etaMs).toBeNull()
    expect(paceOf([])).toMatchObject({ stage: null, etaMs: null, moving: 0 })
  })
})
