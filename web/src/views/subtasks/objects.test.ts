import { describe, expect, it } from 'vitest'
import { checkState, countKinds, moveState } from './objects'

describe('states of objects', () => {
  it('are one number for both: how far it is moved, and what the check found', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(moveState)).toEqual(['waiting', 'moving', 'moved', 'moved', 'moved', 'failed', 'moved'])
    expect([1, 2, 3, 4, 5, 6, 7].map(checkState)).toEqual(['none', 'none', 'waiting', 'checking', 'same', 'none', 'differs'])
  })
})

describe('countKinds', () => {
  it('counts what is done and what needs a look, and tells kinds of which there are none', () => {
    const kinds = countKinds({ table: { 1: 2, 3: 1, 5: 4, 6: 1, 7: 1 } })
    expect(kinds[0]).toEqual({ kind: 'table', total: 9, waiting: 2, moving: 0, done: 5, failed: 2 })
    expect(kinds.map((k) => k.kind)).toEqual(['table', 'view', 'function', 'procedure', 'trigger', 'event'])
    expect(kinds[1]).toEqual({ kind: 'view', total: 0, waiting: 0, moving: 0, done: 0, failed: 0 })
  })
})
