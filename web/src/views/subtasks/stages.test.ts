import { describe, expect, it } from 'vitest'
import { stagesOf } from './stages'

const states = (mode: number, status: number, reached = status, seen?: number[]) => stagesOf({ mode, status, reached }, seen).map((s) => s.state).join(' ')

describe('stagesOf', () => {
  it('an offline one has the full migration, the check, and the end', () => {
    expect(stagesOf({ mode: 1, status: 2, reached: 2 })).toEqual([{ name: 'full', state: 'running' }, { name: 'check', state: 'waiting' }, { name: 'done', state: 'waiting' }])
  })
  it('an online one goes on with changes', () => {
    expect(states(2, 8)).toBe('done done running waiting waiting')
    expect(states(2, 9)).toBe('done done stopping waiting waiting')
    expect(states(2, 10)).toBe('done done done waiting waiting')
    expect(states(2, 30)).toBe('done done broken waiting waiting')
    expect(states(2, 12)).toBe('done done done running waiting')
    expect(states(2, 13)).toBe('done done done done waiting')
  })
  it('between two stages the next one is waited for', () => {
    expect(states(1, 3)).toBe('done waiting waiting')
    expect(states(1, 6)).toBe('done done waiting')
  })
  it('a failure is where it had come to', () => {
    expect(states(1, 500, 2)).toBe('failed waiting waiting')
    expect(states(1, 500, 5)).toBe('done failed waiting')
    expect(states(1, 500, 3)).toBe('done failed waiting')
    expect(states(1, 3000, 1)).toBe('failed waiting waiting')
    expect(states(2, 500, 7)).toBe('done done failed waiting waiting')
  })
  it('one that waits for a machine, or was not started, has nothing under way', () => {
    expect(states(1, 0)).toBe('waiting waiting waiting')
    expect(states(1, 1000, 0)).toBe('waiting waiting waiting')
    expect(states(1, 1000, 5)).toBe('done waiting waiting')
  })
  it('finished early, it says what was left out', () => {
    expect(states(1, 100, 100, [1000, 1, 2, 3, 4, 5, 6, 100])).toBe('done done done')
    expect(states(1, 100, 100, [1000, 1, 2, 100])).toBe('ended skipped done')
    expect(states(2, 100, 100, [1000, 1, 2, 3, 4, 5, 6, 7, 8, 100])).toBe('done done ended skipped done')
    expect(states(1, 100)).toBe('done done done')
  })
})
