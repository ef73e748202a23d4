import { describe, expect, it } from 'vitest'
import type { Parameter } from '@/api/types'
import { entryFields, fault, isSet, namesOf } from './paramForm'

const rules = {
  name: 'rules.table', kind: 'rules', default: '0', high: 2, advanced: false, choices: [], en: '', zh: '', has_meaning: true,
  fields: [{ name: 'rules.table.name', choices: ['white', 'black'], en: '', zh: '' }, { name: 'rules.table.text', choices: [], en: '', zh: '' }],
} as Parameter

describe('parameters', () => {
  it('that count have fields for each entry', () => {
    expect(entryFields(rules, 2).map((entry) => entry.map((f) => f.name))).toEqual([
      ['rules.table.name1', 'rules.table.text1'], ['rules.table.name2', 'rules.table.text2'],
    ])
    expect(namesOf(rules)).toEqual(['rules.table', 'rules.table.name1', 'rules.table.text1', 'rules.table.name2', 'rules.table.text2'])
    expect(isSet(rules, { 'rules.table.text2': 'x' })).toBe(true)
    expect(isSet(rules, { jobs: 3 })).toBe(false)
  })
  it('are looked at before the server does', () => {
    expect(fault({ kind: 'number', low: 1, high: 64, choices: [] }, '65')).toBe('number')
    expect(fault({ kind: 'number', low: 1, high: 64, choices: [] }, '64')).toBe('')
    expect(fault({ kind: 'size', choices: [] }, '32MiB')).toBe('')
    expect(fault({ kind: 'size', choices: [] }, 'much')).toBe('size')
    expect(fault({ kind: 'duration', choices: [] }, '5s')).toBe('')
    expect(fault({ kind: 'choice', choices: ['stop', 'divert'] }, 'go')).toBe('choice')
    expect(fault({ kind: 'text', choices: [] }, '')).toBe('')
  })
})
