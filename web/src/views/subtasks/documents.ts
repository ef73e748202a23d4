// What a worker reports: docs/cli.md (precheck, report) and docs/check.md (check).
import type { components } from '@/api/schema'
import type { ErrorBody } from '@/api/types'

export type PrecheckReport = components['schemas']['Precheck']

export interface Position {
  gtid: string | null
  binlog_file: string | null
  binlog_pos: number
}

export interface LoadReport {
  ok: boolean
  error?: ErrorBody | null
  loaded_earlier?: boolean
  source_version: string | null
  target_version: string | null
  dialect: string | null
  snapshot: string | null
  position: Position | null
  resumed: boolean
  chunks_kept: number
  total_s: number
  load_s: number
  index_s: number
  lock_ms: number
  rows: number
  bytes: number
  tables: { source: string; target: string; rows: number; bytes: number; diverted: number; chunks: number; load_s: number; index_s: number }[]
  losses: { table: string; column: string; rule: string; policy: string; count: number }[]
  findings: { object: string; reason: string; instead: string; changes_meaning: boolean }[]
  uncarried: { kind: string; name: string; reason: string }[]
  cut?: boolean
}

export interface CheckRow {
  kind: 'missing' | 'extra' | 'changed'
  key: string | null
  times: number
  values: { column: string; source: string | null; target: string | null }[]
}

export interface CheckTable {
  source: string
  target: string
  not_compared: string | null
  columns_left_out: string | null
  source_rows: number
  target_rows: number
  same: number
  changed: number
  missing: number
  extra: number
  extra_not_looked_for: boolean
  missing_not_looked_for: boolean
  seconds: number
  rows_listed: CheckRow[]
  changed_by_policy: { column: string; rule: string; policy: string; count: number }[]
}

export interface StructureDifference {
  kind: string
  table: string | null
  object: string | null
  what: string | null
  expected: string | null
  found: string | null
}

export interface CheckReport {
  same: boolean
  different: boolean
  complete: boolean
  error?: ErrorBody | null
  source_version: string | null
  target_version: string | null
  snapshot: string | null
  position: Position | null
  position_of: 'source' | 'target'
  total_s: number
  rows: number
  bytes: number
  changed: number
  missing: number
  extra: number
  structure_compared: boolean
  structure_not_compared: string | null
  rows_compared: boolean
  tables: CheckTable[]
  structure: StructureDifference[]
  structure_unchecked: { table: string | null; object: string | null; reason: string | null }[]
  repair_lines?: number
  repair_cut?: boolean
  cut?: boolean
}

/** Rows of this table that are not the same on both sides. */
export function rowsDifferent(table: Pick<CheckTable, 'changed' | 'missing' | 'extra'>): number {
  return table.changed + table.missing + table.extra
}

/** What the check has to say of a table: rows, definitions, or that it could not be compared. */
export function isDifferent(check: CheckReport, table: CheckTable): boolean {
  return table.not_compared !== null || rowsDifferent(table) > 0 || check.structure.some((d) => d.table === table.source)
}
