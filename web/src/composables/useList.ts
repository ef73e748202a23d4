// A list in pages: filters, sorting and page are the server's work, are kept in the address (so that "back" and links keep them), and
// the page is kept up to date by the live connection. <DataTable :list="list"> shows it.
import { computed, reactive, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Change } from '@/api/live'
import type { Page } from '@/api/types'
import { recall, remember } from '@/utils/memory'
import { useResource, type Resource } from './useResource'

export interface ListQuery {
  page: number
  size: number
  sort?: string
}

export interface List<T> extends Resource<Page<T>> {
  query: ListQuery
  items: ComputedRef<T[]>
  total: ComputedRef<number>
}

type Filters = Record<string, string | undefined>

export interface ListOptions<T, F extends Filters> {
  /** Of what is remembered about it in this browser. */
  name: string
  load: (query: ListQuery & F, signal: AbortSignal) => Promise<Page<T>>
  /** Texts, as they stand in the address; reactive, changed by the page. */
  filters?: F
  sort?: string
  topics?: () => string[]
  /** The item a change is about, as it is now; 'reload': the list itself may be another. */
  apply?: (items: T[], change: Change) => T[] | 'reload' | undefined
}

export function useList<T, F extends Filters>(o: ListOptions<T, F>): List<T> {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string): string | undefined => {
    const value = route.query[name]
    return typeof value === 'string' ? value : undefined
  }
  const query = reactive<ListQuery>({
    page: Number(text('page')) || 1,
    size: Number(text('size')) || recall(`${o.name}.size`, 20),
    sort: text('sort') ?? o.sort,
  })
  const filters = o.filters ?? ({} as F)
  for (const name of Object.keys(filters)) {
    const value = text(name)
    if (value !== undefined) filters[name as keyof F] = value as F[keyof F]
  }

  const resource = useResource<Page<T>>({
    topics: o.topics,
    load: (signal) => o.load({ ...query, ...filters }, signal),
    apply: (page, change) => {
      const items = o.apply?.(page.items, change)
      return Array.isArray(items) ? { ...page, items } : items
    },
    watch: () => ({ ...query, ...filters }),
    empty: (page) => page.total === 0,
  })

  watch(() => ({ ...filters }), () => (query.page = 1))
  watch(() => query.size, (size) => remember(`${o.name}.size`, size))
  watch([query, filters], () => {
    const wanted = { page: query.page > 1 ? String(query.page) : undefined, sort: query.sort !== o.sort ? query.sort : undefined }
    void router.replace({ query: { ...route.query, ...wanted, ...filters } })
  })
  // The last one on the last page is gone.
  watch(resource.data, (page) => {
    if (page && page.items.length === 0 && page.total > 0) query.page = Math.max(1, Math.ceil(page.total / query.size))
  })

  return {
    ...resource,
    query,
    items: computed(() => resource.data.value?.items ?? []),
    total: computed(() => resource.data.value?.total ?? 0),
  }
}
