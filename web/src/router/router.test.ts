import { describe, expect, it } from 'vitest'
import { nextOf } from './next'
import { existing, HOME, pages } from './routes'

describe('where people go after they have signed in', () => {
  it('is a page of ours', () => {
    expect(nextOf('/tasks/7?x=1')).toBe('/tasks/7?x=1')
    for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', undefined, ['/a']]) {
      expect(nextOf(elsewhere)).toBe(HOME)
    }
  })
})

describe('pages', () => {
  it('have names and addresses of their own, and a parent that is there', () => {
    expect(new Set(pages.map((p) => p.name)).size).toBe(pages.length)
    expect(new Set(pages.map((p) => p.path)).size).toBe(pages.length)
    for (const page of pages.filter((p) => p.parent)) expect(pages.map((p) => p.name)).toContain(page.parent)
  })
  it('exist when their file does', () => {
    expect(existing().map((p) => p.name)).toContain('tasks')
  })
})
