// A long list of the server's of which only what is in sight is fetched, piece by piece, for <VirtualList>; kept up to date like
// everything else (see useResource). Filters and sorting are the server's work: when what `watch` returns changes, it begins anew.
import { computed, onScopeDispose, type ComputedRef } from 'vue'
import type { Change } from '@/api/live'
import type { Page } from '@/api/types'
import { useResource, type Resource } from './useResource'

const SIZE = 200 // the most the server gives at a time
const STILL_MS = 70 // what is scrolled past is not fetched

interface Pieces<T> {
  total: number
  pages: Map<number, T[]>
}

export interface Window<T> extends Resource<Pieces<T>> {
  total: ComputedRef<number>
  /** As long as the whole list; undefined: not fetched yet. */
  items: ComputedRef<(T | undefined)[]>
  /** These are in sight. */
  show: (from: number, to: number) => void
}

export interface WindowOptions<T> {
  load: (page: number, size: number, signal: AbortSignal) => Promise<Page<T>>
  topics?: () => string[]
  key: (item: T) => string
  /** Items as they are now; 'reload': others may be in the list, or in another order. */
  apply?: (change: Change) => T[] | 'reload' | undefined
  watch?: () => unknown
}

export function useWindow<T>(o: WindowOptions<T>): Window<T> {
  let wanted = [1]
  let timer: ReturnType<typeof setTimeout> | undefined
  let more: AbortController | undefined

  async function fetchPages(pages: number[], signal: AbortSignal): Promise<Pieces<T>> {
    const got = await Promise.all(pages.map((page) => o.load(page, SIZE, signal)))
    return { total: got.at(-1)?.total ?? 0, pages: new Map(got.map((page, i) => [pages[i]!, page.items])) }
  }

  const resource = useResource<Pieces<T>>({
    topics: o.topics,
    load: (signal) => {
      more?.abort()
      return fetchPages(wanted, signal)
    },
    apply: (old, change) => {
      const news = o.apply?.(change)
      return Array.isArray(news) ? replaced(old, news) : news
    },
    watch: o.watch,
    empty: (p) => p.total === 0,
  })

  function replaced(old: Pieces<T>, news: T[]): Pieces<T> | 'reload' {
    const byKey = new Map(news.map((item) => [o.key(item), item]))
    const pages = new Map(old.pages)
    let held = 0
    for (const [page, items] of old.pages) {
      held += items.length
      if (!items.some((item) => byKey.has(o.key(item)))) continue
      pages.set(page, items.map((item) => {
        const key = o.key(item)
        const now = byKey.get(key)
        byKey.delete(key)
        return now ?? item
      }))
    }
    // All are here, and these are not among them: they are new.
    if (byKey.size > 0 && held === old.total) return 'reload'
    return { total: old.total, pages }
  }

  function show(from: number, to: number): void {
    const first = Math.floor(from / SIZE) + 1
    const last = Math.max(first, Math.ceil(to / SIZE))
    wanted = Array.from({ length: last - first + 1 }, (_, i) => first + i)
    clearTimeout(timer)
    const held = resource.data.value
    if (held && wanted.some((page) => !held.pages.has(page))) timer = setTimeout(() => void fill(), STILL_MS)
  }

  async function fill(): Promise<void> {
    const held = resource.data.value
    const missing = wanted.filter((page) => !held?.pages.has(page))
    if (!held || missing.length === 0) return // it has come meanwhile
    more?.abort()
    const mine = (more = new AbortController())
    try {
      const got = await fetchPages(missing, mine.signal)
      const now = resource.data.value
      if (!mine.signal.aborted && now) resource.data.value = { total: got.total, pages: new Map([...now.pages, ...got.pages]) }
    } catch (thrown) {
      if (!mine.signal.aborted) resource.error.value = thrown
    }
  }

  onScopeDispose(() => {
    clearTimeout(timer)
    more?.abort()
  })

  const total = computed(() => resource.data.value?.total ?? 0)
  const items = computed(() => {
    const all = new Array<T | undefined>(total.value).fill(undefined)
    for (const [page, part] of resource.data.value?.pages ?? []) {
      for (let i = 0, at = (page - 1) * SIZE; i < part.length && at < all.length; i++, at++) all[at] = part[i]
    }
    return all
  })
  return { ...resource, total, items, show }
}
