import { describe, expect, it } from 'vitest'
import type { Machine } from '@/api/types'
import { actionsFor, busy } from './kit'
import { factsOf } from './machine'

const machine = (over: Partial<Machine>) => ({ ssh: { username: 'u' }, kit: null, state: 'new', facts: null, ...over }) as Machine

describe('machines', () => {
  it('offer what fits their state', () => {
    expect(actionsFor(machine({ state: 'new' }))[0]).toBe('install')
    expect(actionsFor(machine({ state: 'stopped' }))[0]).toBe('start')
    expect(actionsFor(machine({ state: 'online' }))).not.toContain('install')
  })
  it('offer nothing while something is under way, or where there is no SSH', () => {
    const under = machine({ kit: { state: 'running' } as Machine['kit'] })
    expect(busy(under)).toBe(true)
    expect(actionsFor(under)).toEqual([])
    expect(actionsFor(machine({ ssh: null, state: 'online' }))).toEqual([])
  })
  it('show what is known of them', () => {
    expect(factsOf(machine({ facts: { cores: 4, memory_free_bytes: 5, load_1: 0.5 } as object as Machine['facts'] }))).toMatchObject({ cores: 4, memoryFree: 5, load: '0.50', os: '–' })
    expect(factsOf(machine({})).disk).toBeUndefined()
  })
})
