// A task while it is being made: what the wizard's steps change, and what stays in this browser until it is saved.
import type { DataSource, Params, Subtask, Task, TaskBody } from '@/api/types'

export type Side = 'source' | 'target'

export interface DraftEnd {
  id: number
  name: string
  kind: DataSource['kind']
  address: string
  database: string
}

export interface DraftTables {
  include: string[]
  exclude: string[]
}

export interface DraftSubtask {
  /** In this draft alone. */
  key: number
  source: DraftEnd
  target: DraftEnd
  /** '': the parameter's, else the source database's name. */
  schema: string
  mode: 1 | 2
  tables: DraftTables
  params: Params
}

export interface Draft {
  name: string
  subtasks: DraftSubtask[]
  params: Params
  /** None: any. */
  machines: number[]
}

export function emptyDraft(name: string): Draft {
  return { name, subtasks: [], params: {}, machines: [] }
}

export function addSubtask(draft: Draft, source: DraftEnd, target: DraftEnd, schema = ''): void {
  const key = Math.max(0, ...draft.subtasks.map((s) => s.key)) + 1
  draft.subtasks.push({ key, source: { ...source }, target: { ...target }, schema, mode: 1, tables: { include: [], exclude: [] }, params: {} })
}

export const SCHEMA_PARAM = 'opengauss.database.schema'

/** Where its tables will be, as the server decides it. */
export function schemaOf(draft: Draft, subtask: DraftSubtask): string {
  return subtask.schema.trim() || String(subtask.params[SCHEMA_PARAM] ?? draft.params[SCHEMA_PARAM] ?? '') || subtask.source.database
}

/** Two subtasks of one draft may not write into the same schema: the other one's place, from 1; 0: none does. */
export function sameTarget(draft: Draft, subtask: DraftSubtask): number {
  const schema = schemaOf(draft, subtask)
  return draft.subtasks.findIndex(
    (other) => other.key !== subtask.key && other.target.id === subtask.target.id && other.target.database === subtask.target.database && schemaOf(draft, other) === schema,
  ) + 1
}

export function subtaskBody(subtask: DraftSubtask): TaskBody['subtasks'][number] {
  const { include, exclude } = subtask.tables
  const tables = { ...(include.length > 0 ? { include } : {}), ...(exclude.length > 0 ? { exclude } : {}) }
  return {
    source_id: subtask.source.id,
    source_database: subtask.source.database,
    target_id: subtask.target.id,
    target_database: subtask.target.database,
    ...(subtask.schema.trim() ? { target_schema: subtask.schema.trim() } : {}),
    mode: subtask.mode,
    ...(Object.keys(tables).length > 0 ? { tables } : {}),
    params: subtask.params,
  }
}

export function draftBody(draft: Draft, start: boolean): TaskBody {
  return {
    name: draft.name.trim(),
    params: draft.params,
    machines: draft.machines,
    subtasks: draft.subtasks.map(subtaskBody),
    ...(start ? { start } : {}),
  }
}

/** A task that was never started, to be changed. */
export function draftOf(task: Task, subtasks: Subtask[]): Draft {
  const end = (e: Subtask['source']): DraftEnd => ({
    id: e.data_source, name: e.name, kind: e.kind as DraftEnd['kind'], address: `${e.host}:${e.port}`, database: e.database,
  })
  return {
    name: task.name,
    params: { ...task.params },
    machines: task.machines.map((m) => m.id),
    subtasks: subtasks.map((s) => ({
      key: s.place,
      source: end(s.source),
      target: end(s.target),
      schema: s.target.schema,
      mode: s.mode,
      tables: { include: s.tables.include ?? [], exclude: s.tables.exclude ?? [] },
      params: { ...s.params },
    })),
  }
}

/** Exactly these tables, as patterns of the server's: what a glob would take for its own is escaped. */
export function patternOf(table: string): string {
  if (!/[*?[\]\\/]/.test(table)) return table
  return `/^${table.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$/`
}
