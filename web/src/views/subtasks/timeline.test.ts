import { describe, expect, it } from 'vitest'
import { happenings, statusesSeen } from './timeline'

const events: Record<number, string> = { 1: 'start', 101: 'reset' }
const deed = (at_ms: number, code: number, who = 'ann') => ({ at_ms, code, who })
const change = (at_ms: number, event: string, from: number, to: number) => ({ at_ms, event, from, to, to_text: { en: '', zh: '' }, reason: null })

describe('happenings', () => {
  it('puts what somebody did and what came of it together, the newest first', () => {
    const found = happenings([deed(10, 1), change(10, 'start', 0, 1000), change(12, 'placed', 1000, 1)], (code) => events[code])
    expect(found.map(({ atMs, who, event, to }) => ({ atMs, who, event, to }))).toEqual([
      { atMs: 12, who: undefined, event: 'placed', to: 1 },
      { atMs: 10, who: 'ann', event: 'start', to: 1000 },
    ])
  })
  it('keeps what led to nothing, and codes it does not know', () => {
    expect(happenings([deed(10, 1), deed(11, 77, 'bob')], (code) => events[code]).map((h) => [h.who, h.event])).toEqual([['bob', '77'], ['ann', 'start']])
  })
})

describe('statusesSeen', () => {
  it('begins after the last reset', () => {
    const items = [change(1, 'start', 0, 1000), change(2, 'failed', 1000, 500), deed(3, 101), change(3, 'reset', 500, 0), change(4, 'start', 0, 1000), change(5, 'placed', 1000, 1)]
    expect(statusesSeen(items)).toEqual([1000, 1])
  })
})
