// Which stages a subtask has, and how it stands with each. Pure; numbers are those of docs/states.md.
import { SUBTASK } from '@/utils/status'

export type StageName = 'full' | 'check' | 'incremental' | 'reverse' | 'done'
/** differs: a check that is through, and found something; skipped: it was finished before it came to that; ended: while it was at it. */
export type StageState = 'waiting' | 'running' | 'done' | 'differs' | 'failed' | 'broken' | 'stopping' | 'ended' | 'skipped'
export interface Stage {
  name: StageName
  state: StageState
}

interface Numbers {
  name: StageName
  /** Statuses while it goes on. */
  during: number[]
  /** It is over. */
  over: number
}
const OFFLINE: Numbers[] = [
  { name: 'full', during: [1, 2], over: 3 },
  { name: 'check', during: [4, 5], over: 6 },
]
const ONLINE: Numbers[] = [
  ...OFFLINE,
  { name: 'incremental', during: [7, 8, 9, 30], over: 10 },
  { name: 'reverse', during: [11, 12, 40], over: 13 },
]

const nameless = new Set<number>([SUBTASK.failed, SUBTASK.waiting, SUBTASK.installing, SUBTASK.precheckFailed])

/** The stage in which it is, or was when it failed; `length`: none any more. */
function placeOf(stages: Numbers[], status: number): number {
  const at = stages.findIndex((s) => s.during.includes(status) || s.over === status)
  if (at < 0) return status === SUBTASK.finished ? stages.length : 0
  return stages[at]!.over === status ? at + 1 : at
}

/** seen: the statuses it has had since it was last begun; only for one that is finished. */
export function stagesOf(subtask: { mode: number; status: number; reached: number }, seen: number[] = []): Stage[] {
  const stages = subtask.mode === 2 ? ONLINE : OFFLINE
  const { status } = subtask
  if (status === SUBTASK.finished) {
    const known = seen.length > 0
    return [
      ...stages.map((s): Stage => {
        if (!known || seen.includes(s.over)) return { name: s.name, state: 'done' }
        return { name: s.name, state: s.during.some((n) => seen.includes(n)) ? 'ended' : 'skipped' }
      }),
      { name: 'done', state: 'done' },
    ]
  }
  const at = placeOf(stages, nameless.has(status) ? subtask.reached : status)
  return [
    ...stages.map((s, i): Stage => ({ name: s.name, state: i < at ? 'done' : i > at ? 'waiting' : current(status, s) })),
    { name: 'done', state: 'waiting' },
  ]
}

function current(status: number, stage: Numbers): StageState {
  if (status === SUBTASK.failed || status === SUBTASK.precheckFailed) return 'failed'
  if (status === SUBTASK.incrementalBroken || status === SUBTASK.reverseBroken) return 'broken'
  if (status === SUBTASK.incrementalStopping) return 'stopping'
  return stage.during.includes(status) ? 'running' : 'waiting'
}

/** What the check found belongs to its stage. */
export function withOutcome(stages: Stage[], same: boolean | undefined): Stage[] {
  return same === false ? stages.map((s) => (s.name === 'check' && s.state === 'done' ? { ...s, state: 'differs' } : s)) : stages
}

/** While it moves data, or compares it: a stage whose figures are live. */
export function liveStage(status: number): 'full' | 'check' | null {
  if (status >= 1 && status <= 3) return 'full'
  return status >= 4 && status <= 6 ? 'check' : null
}
