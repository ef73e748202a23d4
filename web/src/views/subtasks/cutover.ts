// The steps of a cut-over, in their order, and how it stands with each. Pure; docs/cutover.md.
import type { Cutover } from '@/api/types'

/** As workers call them, and as texts do. */
export const CUTOVER_STEPS: Record<string, 'look' | 'catchUp' | 'compare' | 'fence' | 'drain' | 'check' | 'triggers' | 'wayBack' | 'undo'> = {
  look: 'look', 'catch up': 'catchUp', compare: 'compare', fence: 'fence', drain: 'drain', check: 'check', triggers: 'triggers', 'way back': 'wayBack', undo: 'undo',
}
const MAKING = ['look', 'catch up', 'compare', 'fence', 'drain', 'check', 'triggers', 'way back']

export interface CutoverStep {
  step: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  ms: number | null
}

/** now: the step that is under way; else what its report says. */
export function stepsOf(now: string | null, report: Pick<Cutover, 'ok' | 'steps'> | null): CutoverStep[] {
  if (now !== null) {
    const at = MAKING.indexOf(now)
    return MAKING.map((step, i) => ({ step, state: i < at ? 'done' : i === at ? 'running' : 'waiting', ms: null }))
  }
  const steps = report?.steps ?? []
  // What failed is the last one before everything was put back.
  const last = steps.at(-1)?.step === 'undo' ? steps.length - 2 : steps.length - 1
  return steps.map(({ step, ms }, i) => ({ step, ms, state: report?.ok === false && i === last ? 'failed' : 'done' }))
}
