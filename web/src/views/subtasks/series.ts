// Samples as lines of a chart: those of the check apart from those of the full migration. Pure.
import type { Sample } from './useSubtask'

export interface SpeedSeries {
  times: number[]
  /** In step with `times`; null: it was not its turn. */
  full: (Sample | null)[]
  check: (Sample | null)[]
}

/** Phases in which changes flow. */
export type FlowPhase = 'follow' | 'reverse'
export const isFlow = (phase: string | null | undefined): phase is FlowPhase => phase === 'follow' || phase === 'reverse'
const PAUSE_MS = 60_000 // nothing was told for so long: it did not run

export function seriesOf(samples: Sample[]): SpeedSeries {
  const out: SpeedSeries = { times: [], full: [], check: [] }
  const put = (ms: number, full: Sample | null, check: Sample | null): void => {
    out.times.push(ms)
    out.full.push(full)
    out.check.push(check)
  }
  let before: Sample | undefined
  for (const sample of samples) {
    if (isFlow(sample.phase)) continue
    if (before && sample.at_ms - before.at_ms > PAUSE_MS) put(before.at_ms + 1, null, null)
    // The last word of each stage is "done": it belongs to the one before.
    const check = sample.phase === 'check' || (sample.phase === 'done' && before?.phase === 'check')
    put(sample.at_ms, check ? null : sample, check ? sample : null)
    before = check && sample.phase === 'done' ? { ...sample, phase: 'check' } : sample
  }
  return out
}

export interface FollowSeries {
  times: number[]
  lag_s: (number | null)[]
  /** Rows a second. */
  captured: (number | null)[]
  applied: (number | null)[]
}

/** Those of the incremental migration, or of the reverse one. */
export function followSeriesOf(samples: Sample[], phase: FlowPhase): FollowSeries {
  const out: FollowSeries = { times: [], lag_s: [], captured: [], applied: [] }
  const put = (ms: number, lag_s: number | null, captured: number | null, applied: number | null): void => {
    out.times.push(ms)
    out.lag_s.push(lag_s)
    out.captured.push(captured)
    out.applied.push(applied)
  }
  for (const sample of samples) {
    if (sample.phase !== phase) continue
    const before = out.times.at(-1)
    if (before !== undefined && sample.at_ms - before > PAUSE_MS) put(before + 1, null, null, null)
    put(sample.at_ms, sample.lag_ms === null ? null : sample.lag_ms / 1000, sample.taken_rows_per_s, sample.rows_per_s)
  }
  return out
}
