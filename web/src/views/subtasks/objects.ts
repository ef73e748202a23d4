// Objects of a subtask: what their statuses mean, and how many are how far. Pure; numbers are those of docs/states.md.
import type { MigrationObject, Subtask } from '@/api/types'
import type { Tone } from '@/utils/status'

/** In the order they are shown in. */
export const KINDS = ['table', 'view', 'function', 'procedure', 'trigger', 'event'] as const
export type Kind = (typeof KINDS)[number]

const STATUS = { waiting: 1, moving: 2, moved: 3, checking: 4, checked: 5, failed: 6, differs: 7 } as const

export type MoveState = 'waiting' | 'moving' | 'moved' | 'failed'
export function moveState(status: number): MoveState {
  switch (status) {
    case STATUS.waiting: return 'waiting'
    case STATUS.moving: return 'moving'
    case STATUS.failed: return 'failed'
    default: return 'moved'
  }
}

export type CheckState = 'none' | 'waiting' | 'checking' | 'same' | 'differs'
export function checkState(status: number): CheckState {
  switch (status) {
    case STATUS.moved: return 'waiting'
    case STATUS.checking: return 'checking'
    case STATUS.checked: return 'same'
    case STATUS.differs: return 'differs'
    default: return 'none'
  }
}

export const MOVE_TONES: Record<MoveState, Tone> = { waiting: 'idle', moving: 'running', moved: 'done', failed: 'failed' }
export const CHECK_TONES: Record<CheckState, Tone> = { none: 'idle', waiting: 'idle', checking: 'running', same: 'done', differs: 'failed' }

export const hasFailed = (object: Pick<MigrationObject, 'status'>) => object.status === STATUS.failed || object.status === STATUS.differs

export interface KindCount {
  kind: string
  total: number
  waiting: number
  moving: number
  done: number
  failed: number
}

/** For each kind; those there are none of are told, too, as a person looks for them. */
export function countKinds(objects: Subtask['objects']): KindCount[] {
  const known = objects ?? {}
  const kinds = [...KINDS, ...Object.keys(known).filter((kind) => !(KINDS as readonly string[]).includes(kind))]
  return kinds.map((kind) => {
    const of = Object.entries(known[kind] ?? {})
    const sum = (which: (status: number) => boolean) => of.reduce((n, [status, count]) => n + (which(Number(status)) ? count : 0), 0)
    return {
      kind,
      total: sum(() => true),
      waiting: sum((s) => s === STATUS.waiting),
      moving: sum((s) => s === STATUS.moving),
      done: sum((s) => s >= STATUS.moved && s <= STATUS.checked),
      failed: sum((s) => s === STATUS.failed || s === STATUS.differs),
    }
  })
}
