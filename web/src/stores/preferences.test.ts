import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { recall, remember } from '@/utils/memory'
import { usePreferences } from './preferences'

beforeEach(() => {
  localStorage.clear()
  document.documentElement.className = ''
  setActivePinia(createPinia())
})

describe('preferences', () => {
  it('come from the system, and are not remembered for that', () => {
    const p = usePreferences()
    expect(p.language).toBe(navigator.language.startsWith('zh') ? 'zh-CN' : 'en-US')
    expect(p.theme).toBe('system')
    expect(localStorage.length).toBe(0)
  })
  it('that were chosen are remembered, and are seen on the page', async () => {
    const p = usePreferences()
    p.setTheme('dark')
    p.setLanguage('zh-CN')
    await nextTick()
    expect(document.documentElement.classList.contains('dark')).toBe(true)
    expect(document.documentElement.lang).toBe('zh-CN')
    setActivePinia(createPinia())
    expect(usePreferences().theme).toBe('dark')
    expect(usePreferences().language).toBe('zh-CN')
  })
})

describe('the memory', () => {
  it('survives what is no JSON', () => {
    localStorage.setItem('godwit.x', '{')
    expect(recall('x', 7)).toBe(7)
  })
  it('forgets', () => {
    remember('x', [1])
    expect(recall('x', null)).toEqual([1])
    remember('x', undefined)
    expect(recall('x', null)).toBeNull()
  })
})
