// How long the running subtasks of a task still take, and how fast they are together. Pure.
import type { Figures, Subtask } from '@/api/types'

type Running = Pick<Subtask, 'status'> & { figures: Figures | null }

export interface Pace {
  /** Which stage the time is left of; null: nothing runs of which it could be known. */
  stage: 'full' | 'check' | null
  etaMs: number | null
  rowsPerS: number
  bytesPerS: number
  moving: number
}

const isFull = (status: number) => status >= 1 && status <= 3
const isCheck = (status: number) => status >= 4 && status <= 6

/** The slowest one counts; while one of them is not known, none is. */
export function paceOf(running: Running[]): Pace {
  const loading = running.filter((s) => isFull(s.status))
  const checking = running.filter((s) => isCheck(s.status))
  const those = loading.length > 0 ? loading : checking
  const left = those.map((s) => s.figures?.eta_ms ?? null)
  const known = left.filter((ms): ms is number => ms !== null)
  const moving = [...loading, ...checking]
  return {
    stage: loading.length > 0 ? 'full' : checking.length > 0 ? 'check' : null,
    etaMs: known.length > 0 && known.length === left.length ? Math.max(...known) : null,
    rowsPerS: moving.reduce((sum, s) => sum + (s.figures?.rows_per_s ?? 0), 0),
    bytesPerS: moving.reduce((sum, s) => sum + (s.figures?.bytes_per_s ?? 0), 0),
    moving: moving.length,
  }
}
