import { describe, expect, it } from 'vitest'
import { addSubtask, draftBody, emptyDraft, patternOf, sameTarget, schemaOf, SCHEMA_PARAM, type DraftEnd } from './draft'

const source: DraftEnd = { id: 1, name: 'prod', kind: 'mysql', address: 'db1:3306', database: 'shop' }
const target: DraftEnd = { id: 2, name: 'new', kind: 'opengauss', address: 'db2:5432', database: 'app' }

describe('a draft', () => {
  it('says where tables will be as the server does', () => {
    const draft = emptyDraft('t')
    addSubtask(draft, source, target)
    const one = draft.subtasks[0]!
    expect(schemaOf(draft, one)).toBe('shop')
    draft.params[SCHEMA_PARAM] = 'for_all'
    expect(schemaOf(draft, one)).toBe('for_all')
    one.params[SCHEMA_PARAM] = 'own'
    expect(schemaOf(draft, one)).toBe('own')
    one.schema = ' typed '
    expect(schemaOf(draft, one)).toBe('typed')
  })

  it('knows of two subtasks with one target', () => {
    const draft = emptyDraft('t')
    addSubtask(draft, source, target)
    addSubtask(draft, { ...source, database: 'crm' }, target)
    expect(draft.subtasks.map((s) => sameTarget(draft, s))).toEqual([0, 0])
    draft.subtasks[1]!.schema = 'shop'
    expect(draft.subtasks.map((s) => sameTarget(draft, s))).toEqual([2, 1])
  })

  it('becomes what the server takes', () => {
    const draft = emptyDraft(' move ')
    addSubtask(draft, source, target, 'sales')
    draft.subtasks[0]!.tables.exclude = ['log_*']
    draft.machines = [3]
    expect(draftBody(draft, true)).toEqual({
      name: 'move', params: {}, machines: [3], start: true,
      subtasks: [{ source_id: 1, source_database: 'shop', target_id: 2, target_database: 'app', target_schema: 'sales', mode: 1, tables: { exclude: ['log_*'] }, params: {} }],
    })
  })

  it('names tables so that patterns mean nothing else', () => {
    expect(patternOf('orders')).toBe('orders')
    expect(patternOf('订单')).toBe('订单')
    expect(patternOf('a*b')).toBe('/^a\\*b$/')
    expect(patternOf('[x]')).toBe('/^\\[x\\]$/')
  })
})
