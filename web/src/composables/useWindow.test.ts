import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { useWindow } from './useWindow'

interface Item {
  name: string
  n: number
}
const TOTAL = 1000
const all = Array.from({ length: TOTAL }, (_, i): Item => ({ name: `t${i}`, n: 0 }))

describe('useWindow', () => {
  let scope: EffectScope
  let asked: number[]
  beforeEach(() => {
    setActivePinia(createPinia())
    vi.useFakeTimers()
    scope = effectScope()
    asked = []
  })
  afterEach(() => {
    scope.stop()
    vi.useRealTimers()
  })

  const make = () =>
    scope.run(() =>
      useWindow<Item>({
        key: (item) => item.name,
        load: (page, size) => {
          asked.push(page)
          return Promise.resolve({ total: TOTAL, page, size, items: all.slice((page - 1) * size, page * size) })
        },
      }),
    )!
  const settle = () => vi.advanceTimersByTimeAsync(500)

  it('is as long as the whole, and has what is in sight', async () => {
    const list = make()
    await settle()
    expect(list.items.value).toHaveLength(TOTAL)
    expect(list.items.value[199]?.name).toBe('t199')
    expect(list.items.value[200]).toBeUndefined()
    expect(asked).toEqual([1])
  })

  it('fetches what comes into sight, once, and nothing that is scrolled past', async () => {
    const list = make()
    await settle()
    for (let from = 0; from < 900; from += 30) list.show(from, from + 20)
    list.show(350, 410)
    await settle()
    expect(asked.slice(1).sort()).toEqual([2, 3])
    expect(list.items.value[401]?.name).toBe('t401')
    list.show(350, 410)
    await settle()
    expect(asked).toHaveLength(3)
  })

  it('keeps its length when what was wanted has come meanwhile', async () => {
    const list = make()
    await settle()
    list.show(250, 270)
    await list.reload() // brings it, before the timer does
    await settle()
    expect(list.total.value).toBe(TOTAL)
    expect(list.items.value[250]?.name).toBe('t250')
  })
})
