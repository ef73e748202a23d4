// How reading and hearing go together. The live connection is replaced by one that says what the test wants.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, ref, type EffectScope } from 'vue'
import type { Change, Listener } from '@/api/live'
import { useResource, type Resource } from './useResource'

const live = reactive({
  state: 'open',
  listeners: new Map<string, Listener>(),
  subscribe(topic: string, listener: Listener) {
    live.listeners.set(topic, listener)
    return () => void live.listeners.delete(topic)
  },
})
vi.mock('@/stores/live', () => ({ useLive: () => live }))

interface Thing { n: number }
let scope: EffectScope
let answers: (Thing | Error)[]
let reads: number
const topic = ref('task 7')

function make(): Resource<Thing> {
  return scope.run(() =>
    useResource<Thing>({
      topics: () => [topic.value],
      load: async () => {
        reads++
        const answer = answers.shift() ?? { n: -1 }
        await Promise.resolve()
        if (answer instanceof Error) throw answer
        return answer
      },
      apply: (_old, change) => (change.kind === 'thing' ? { n: change.n as number } : change.kind === 'more' ? 'reload' : undefined),
      empty: (thing) => thing.n === 0,
    }),
  )!
}
const says = (change: Change) => live.listeners.get(topic.value)!.change(change, 1)
const sync = () => live.listeners.get(topic.value)!.sync()
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  answers = []
  reads = 0
  live.state = 'open'
  live.listeners.clear()
  topic.value = 'task 7'
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

describe('the first reading', () => {
  it('comes when nothing can be missed any more', async () => {
    answers = [{ n: 1 }]
    const r = make()
    expect([reads, r.loading.value, r.data.value]).toEqual([0, true, undefined])
    sync()
    await settle()
    expect([reads, r.loading.value, r.data.value]).toEqual([1, false, { n: 1 }])
    await vi.advanceTimersByTimeAsync(5000)
    expect(reads).toBe(1)
  })
  it('does not wait for ever, and is repeated when the connection is there', async () => {
    answers = [{ n: 1 }, { n: 2 }]
    const r = make()
    await vi.advanceTimersByTimeAsync(1000)
    expect(r.data.value).toEqual({ n: 1 })
    sync()
    await settle()
    expect(r.data.value).toEqual({ n: 2 })
  })
  it('does not wait at all when the connection is broken', async () => {
    live.state = 'broken'
    const r = make()
    await settle()
    expect(reads).toBe(1)
    expect(r.stale.value).toBe(true)
  })
  it('that fails is an error, and can be tried again', async () => {
    answers = [new Error('away'), { n: 3 }]
    const r = make()
    sync()
    await settle()
    expect(r.error.value).toEqual(new Error('away'))
    expect(r.data.value).toBeUndefined()
    await r.reload()
    expect([r.error.value, r.data.value]).toEqual([null, { n: 3 }])
  })
})

describe('changes', () => {
  it('are applied', async () => {
    answers = [{ n: 1 }]
    const r = make()
    sync()
    await settle()
    says({ kind: 'thing', n: 5 })
    expect(r.data.value).toEqual({ n: 5 })
    says({ kind: 'another' })
    expect(r.data.value).toEqual({ n: 5 })
    says({ kind: 'thing', n: 0 })
    expect(r.empty.value).toBe(true)
    expect(reads).toBe(1)
  })
  it('that ask for it, many at once, are one reading', async () => {
    answers = [{ n: 1 }, { n: 2 }]
    const r = make()
    sync()
    await settle()
    for (let i = 0; i < 50; i++) says({ kind: 'more' })
    await vi.advanceTimersByTimeAsync(1000)
    expect([reads, r.data.value]).toEqual([2, { n: 2 }])
  })
  it('that come while it is read are not lost', async () => {
    answers = [{ n: 1 }, { n: 2 }]
    const r = make()
    sync() // the answer is of before the change
    says({ kind: 'thing', n: 9 })
    await vi.advanceTimersByTimeAsync(1000)
    expect([reads, r.data.value]).toEqual([2, { n: 2 }])
  })
  it('keep what is shown when reading it again fails', async () => {
    answers = [{ n: 1 }, new Error('away')]
    const r = make()
    sync()
    await settle()
    says({ kind: 'more' })
    await vi.advanceTimersByTimeAsync(1000)
    expect([r.data.value, r.stale.value]).toEqual([{ n: 1 }, true])
  })
})

it('another topic is another thing; the old one is heard no more', async () => {
  answers = [{ n: 1 }, { n: 2 }]
  const r = make()
  sync()
  await settle()
  topic.value = 'task 8'
  await nextTick()
  expect(r.data.value).toBeUndefined()
  expect([...live.listeners.keys()]).toEqual(['task 8'])
  sync()
  await settle()
  expect(r.data.value).toEqual({ n: 2 })
  scope.stop()
  expect(live.listeners.size).toBe(0)
})
