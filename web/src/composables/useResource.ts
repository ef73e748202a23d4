// What a page shows: read over the API, kept up to date by the live connection, with all states a page has to show.
//
//   const task = useResource({
//     topics: () => [`task ${props.id}`],
//     load: (signal) => get('/api/v1/tasks/{id}', { path: { id }, signal }),
//     apply: (task, change) => (change.kind === 'task' ? (change.task as Task) : undefined),
//   })
//
// `apply` returns the new value; undefined: the change says nothing about it; 'reload': read it again (many at once become one
// question). In the template, <PageState :of="task"> shows loading and errors, and what is between its tags when there is data.
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Change } from '@/api/live'
import { useLive } from '@/stores/live'

export interface ResourceOptions<T> {
  load: (signal: AbortSignal) => Promise<T>
  /** What to listen to; when it changes, everything begins anew. Without topics: nothing is heard. */
  topics?: () => string[]
  apply?: (value: T, change: Change, topic: string) => T | 'reload' | undefined
  /** When what it returns changes, it is read again: filters, pages. */
  watch?: () => unknown
  empty?: (value: T) => boolean
}

export interface Resource<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<unknown>
  /** Being read: the first time, or again. */
  loading: Ref<boolean>
  /** There is data, and there is nothing in it. */
  empty: ComputedRef<boolean>
  /** What is shown may be old: the connection is broken, or reading it again failed. */
  stale: ComputedRef<boolean>
  reload: () => Promise<void>
}

const TOGETHER_MS = 250
const WAIT_FOR_LIVE_MS = 800

export function useResource<T>(o: ResourceOptions<T>): Resource<T> {
  const live = useLive()
  const data = shallowRef<T>()
  const error = shallowRef<unknown>(null)
  const loading = ref(false)
  let running: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let stops: (() => void)[] = []

  async function reload(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    running?.abort()
    const mine = (running = new AbortController())
    loading.value = true
    try {
      const value = await o.load(mine.signal)
      if (mine.signal.aborted) return
      data.value = value
      error.value = null
    } catch (thrown) {
      if (mine.signal.aborted) return
      error.value = thrown
    }
    loading.value = false
  }

  function soon(ms: number): void {
    timer ??= setTimeout(() => void reload(), ms)
  }

  function hear(change: Change, topic: string): void {
    // Before there is data, or while it is read, nothing can be applied: read again, to lose nothing.
    if (data.value === undefined || loading.value) return soon(TOGETHER_MS)
    const next = o.apply?.(data.value, change, topic)
    if (next === 'reload') soon(TOGETHER_MS)
    else if (next !== undefined) data.value = next
  }

  function end(): void {
    running?.abort()
    clearTimeout(timer)
    timer = undefined
    for (const stop of stops) stop()
    stops = []
  }

  function begin(topics: string[]): void {
    end()
    data.value = undefined
    error.value = null
    loading.value = true
    const waiting = new Set(topics)
    stops = topics.map((topic) =>
      live.subscribe(topic, {
        change: (change) => hear(change, topic),
        sync: () => {
          waiting.delete(topic)
          if (waiting.size === 0) void reload()
        },
      }),
    )
    // Subscribed first, then read; but a page does not wait for a connection that is not there.
    if (topics.length === 0 || live.state === 'broken') void reload()
    else soon(WAIT_FOR_LIVE_MS)
  }

  watch(() => (o.topics?.() ?? []).join('\n'), (text) => begin(text === '' ? [] : text.split('\n')), { immediate: true })
  if (o.watch) watch(o.watch, () => void reload(), { deep: true })
  onScopeDispose(end)

  return {
    data,
    error,
    loading,
    empty: computed(() => data.value !== undefined && (o.empty?.(data.value) ?? false)),
    stale: computed(() => data.value !== undefined && (error.value !== null || live.state === 'broken')),
    reload,
  }
}
