// The draft of a wizard: from this browser, from the server (a task that was never started), or new. Every change is remembered here, so
// that a reload loses nothing; `forget` when it was saved.
import { ref, watch, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Subtask } from '@/api/types'
import { recall, remember } from '@/utils/memory'
import { draftOf, emptyDraft, type Draft } from './draft'

const PAGE = 100

async function allSubtasks(id: number): Promise<Subtask[]> {
  const all: Subtask[] = []
  for (let page = 1; ; page++) {
    const part = await get('/api/v1/tasks/{id}/subtasks', { path: { id }, query: { page, size: PAGE, sort: 'place' } })
    all.push(...part.items)
    if (part.items.length === 0 || all.length >= part.total) return all
  }
}

export function useDraft(id: number | undefined, newName: () => string) {
  const place = `draft.${id ?? 'new'}`
  const draft = ref(emptyDraft('')) as Ref<Draft>
  const kept = ref(false)
  let stop = () => {}

  /** Rejects when the task cannot be read. */
  async function open(): Promise<void> {
    const stored = recall<Draft | null>(place, null)
    kept.value = stored !== null
    draft.value = stored ?? (await fresh())
    stop = watch(draft, (now) => remember(place, now), { deep: true })
  }
  async function fresh(): Promise<Draft> {
    return id === undefined ? emptyDraft(newName()) : draftOf(await get('/api/v1/tasks/{id}', { path: { id } }), await allSubtasks(id))
  }
  /** Begins anew, from the server or from nothing. */
  async function discard(): Promise<void> {
    draft.value = await fresh()
    kept.value = false
    remember(place, undefined)
  }
  function forget(): void {
    stop()
    remember(place, undefined)
  }
  return { draft, kept, open, discard, forget }
}
