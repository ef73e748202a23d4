import { describe, expect, it } from 'vitest'
import type { Parameter } from '@/api/types'
import { changedParams } from './params'

const parameter = (name: string, value: string, more: Partial<Parameter> = {}): Parameter =>
  ({ name, kind: 'text', default: value, advanced: false, choices: [], fields: [], en: `${name}!`, zh: '', has_meaning: true, ...more })
const table = [
  parameter('jobs', ''),
  parameter('rules.table', '0', { fields: [{ name: 'rules.table.name', choices: [], en: 'white or black', zh: '' }] }),
  parameter('check', 'true'),
  parameter('minIdle', '10', { has_meaning: false, why_en: 'no pool', why_zh: '' }),
]

describe('changedParams', () => {
  it('leaves out what is as it would be by itself', () => {
    expect(changedParams(table, { check: true, jobs: '' })).toEqual([])
  })
  it('has them in the order of the table, fields of rules behind their count', () => {
    const rows = changedParams(table, { check: false, 'rules.table.name1': 'white', 'rules.table': 1, jobs: 4 })
    expect(rows.map((r) => [r.name, r.value])).toEqual([['jobs', '4'], ['rules.table', '1'], ['rules.table.name1', 'white'], ['check', 'false']])
    expect(rows[2]!.words.en).toBe('white or black')
  })
  it('a subtask wins over its task, and the task over the default', () => {
    const rows = changedParams(table, { jobs: 2 }, { jobs: 8, check: false })
    expect(rows.map((r) => [r.name, r.value, r.inherited])).toEqual([['jobs', '2', false], ['check', 'false', true]])
  })
  it('says why a parameter does nothing, and shows names it does not know', () => {
    const rows = changedParams(table, { minIdle: 5, later: 'x' })
    expect(rows.map((r) => [r.name, r.why?.en])).toEqual([['minIdle', 'no pool'], ['later', undefined]])
  })
})
