import { describe, expect, it } from 'vitest'
import { kindOf, urlOf } from './kinds'

describe('data sources', () => {
  it('are known by their URL', () => {
    expect(urlOf({ kind: 'mysql', host: 'db1', port: 3306, username: 'app' })).toBe('mysql://app@db1:3306')
    expect(urlOf({ kind: 'opengauss', host: '::1', port: 5432, username: 'app' })).toBe('opengauss://app@[::1]:5432')
  })
  it('have a side and a port', () => {
    expect(kindOf('mariadb')).toMatchObject({ side: 'source', port: 3306 })
    expect(kindOf('postgresql')).toMatchObject({ side: 'target', port: 5432 })
  })
})
