import { describe, expect, it } from 'vitest'
import { stepsOf } from './cutover'

describe('stepsOf', () => {
  it('shows what is done, under way and to come', () => {
    expect(stepsOf('drain', null).map((s) => s.state)).toEqual(['done', 'done', 'done', 'done', 'running', 'waiting', 'waiting', 'waiting'])
  })
  it('marks the step that failed, not what was put back behind it', () => {
    const steps = [{ step: 'look', ms: 5 }, { step: 'fence', ms: 20 }, { step: 'undo', ms: 7 }]
    expect(stepsOf(null, { ok: false, steps }).map((s) => s.state)).toEqual(['done', 'failed', 'done'])
    expect(stepsOf(null, { ok: true, steps: [{ step: 'undo', ms: 7 }] })).toEqual([{ step: 'undo', ms: 7, state: 'done' }])
  })
  it('is empty when there is none', () => {
    expect(stepsOf(null, null)).toEqual([])
  })
})
