import { describe, expect, it } from 'vitest'
import { cellAt, countChunks, gridOf, pathsOf, strokesOf } from './chunks'

describe('the parts of a table', () => {
  it('are counted by state; letters of later versions count as waiting', () => {
    expect(countChunks('..lLcCDD?')).toEqual({ waiting: 3, loading: 1, loaded: 1, checking: 1, checked: 1, differing: 2 })
  })
  it('are squares of one path a state', () => {
    const paths = pathsOf('LD.L', 2, 10)
    expect(paths.loaded).toBe('M0 0h8v8h-8zM10 10h8v8h-8z')
    expect(paths.differing).toBe('M10 0h8v8h-8z')
    expect(strokesOf('LD.L', 2, 10).startsWith('M12 2L')).toBe(true)
    expect(strokesOf('LLL', 2, 10)).toBe('')
  })
  it('fill the width, neither too small nor huge', () => {
    expect(gridOf(8, 600)).toEqual({ columns: 23, step: 26, rows: 1 })
    const many = gridOf(1000, 600)
    expect(many.step).toBe(10)
    expect(many.columns * many.rows).toBeGreaterThanOrEqual(1000)
    expect(gridOf(0, 600).rows).toBe(0)
  })
  it('are found under the pointer', () => {
    const chunks = { n: 10, each: 3, cells: 'LlD.' }
    expect(cellAt(chunks, 2, 10, 3, 15)).toEqual({ state: 'differing', from: 7, to: 9 })
    expect(cellAt(chunks, 2, 10, 13, 15)).toEqual({ state: 'waiting', from: 10, to: 10 })
    expect(cellAt(chunks, 2, 10, 25, 3)).toBeUndefined()
    expect(cellAt(chunks, 2, 10, 3, 25)).toBeUndefined()
  })
})
