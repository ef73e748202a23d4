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

export type CheckReport = components['schemas']['Check']
export type CheckTable = components['schemas']['CheckTable']
export type CheckRow = CheckTable['rows_listed'][number]
export type StructureDifference = CheckReport['structure'][number]

/** Rows of this table that are not the same on both sides. */
export function rowsDifferent(table: Pick<CheckTable, 'changed' | 'missing' | 'extra'>): number {
  return table.changed + table.missing + table.extra
}

/** What the check has to say of a table: rows, definitions, or that it could not be compared. */
export function isDifferent(check: CheckReport, table: CheckTable): boolean {
  return table.not_compared !== null || rowsDifferent(table) > 0 || check.structure.some((d) => d.table === table.source)
}
