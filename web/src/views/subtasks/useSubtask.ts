// A subtask and what belongs to it, live.
import { get, type Answer } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { Change } from '@/api/live'
import type { Cutover, Figures, Subtask } from '@/api/types'
import { useResource, type Resource } from '@/composables/useResource'
import type { CheckReport, LoadReport, PrecheckReport } from './documents'

const topicsOf = (id: number) => () => [`subtask ${id}`]

export function useSubtask(id: number): Resource<Subtask> {
  return useResource<Subtask>({
    topics: topicsOf(id),
    load: (signal) => get('/api/v1/subtasks/{id}', { path: { id }, signal }),
    apply: (old, change) => {
      switch (change.kind) {
        case 'subtask': {
          const now = change.subtask as Subtask
          return now.status === 0 ? 'reload' : { ...now, objects: old.objects }
        }
        case 'progress': return { ...old, figures: change.figures as Figures }
        case 'share': return { ...old, progress: change.progress as number }
        case 'objects': return 'reload' // for how many are how far
        default: return undefined
      }
    },
  })
}

interface Documents {
  precheck: PrecheckReport
  report: LoadReport
  check: CheckReport
  cutover: Cutover
}
export interface Document<T> {
  at_ms: number
  /** null: there is none yet. */
  content: T | null
}

function isReset(change: Change): boolean {
  return change.kind === 'subtask' && (change.subtask as Subtask).status === 0
}

/** What the worker made of it; empty as long as there is none. */
export function useDocument<K extends keyof Documents>(id: number, kind: K): Resource<Document<Documents[K]>> {
  return useResource<Document<Documents[K]>>({
    topics: topicsOf(id),
    load: async (signal) => {
      try {
        const answer = (await get(`/api/v1/subtasks/{id}/${kind as 'precheck'}`, { path: { id }, signal })) as unknown as Record<K, Documents[K] | null> & { at_ms: number }
        return { at_ms: answer.at_ms, content: answer[kind] }
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 404) return { at_ms: 0, content: null }
        throw thrown
      }
    },
    apply: (_old, change) => ((change.kind === 'document' && change.document === kind) || isReset(change) ? 'reload' : undefined),
    empty: (d) => d.content === null,
  })
}

type Timeline = Answer<'/api/v1/subtasks/{id}/timeline', 'get'>['items']
export function useTimeline(id: number): Resource<Timeline> {
  return useResource<Timeline>({
    topics: topicsOf(id),
    load: async (signal) => (await get('/api/v1/subtasks/{id}/timeline', { path: { id }, signal })).items,
    apply: (_old, change) => (change.kind === 'subtask' ? 'reload' : undefined),
  })
}

export type Sample = Answer<'/api/v1/subtasks/{id}/samples', 'get'>['items'][number]
const MOST_SAMPLES = 1500

function followOf({ follow }: Figures): Pick<Sample, 'lag_ms' | 'rest_rows' | 'taken_rows_per_s'> {
  if (!follow) return { lag_ms: null, rest_rows: null, taken_rows_per_s: null }
  return { lag_ms: Math.round(follow.lag_s * 1000), rest_rows: follow.rest.rows, taken_rows_per_s: follow.taken_rows_per_s }
}

export function useSamples(id: number): Resource<Sample[]> {
  return useResource<Sample[]>({
    topics: topicsOf(id),
    load: async (signal) => (await get('/api/v1/subtasks/{id}/samples', { path: { id }, signal })).items,
    apply: (old, change) => {
      if (isReset(change)) return 'reload'
      if (change.kind !== 'progress') return undefined
      // The server keeps fewer of them: when there are too many, its own are read again.
      if (old.length >= MOST_SAMPLES) return 'reload'
      const f = change.figures as Figures
      if (f.phase === 'cutover') return undefined // it has no speed
      const at_ms = (change.at_ms as number | undefined) ?? Date.now()
      if (at_ms <= (old.at(-1)?.at_ms ?? 0)) return undefined
      return [...old, { at_ms, rows: f.rows ?? 0, bytes: f.bytes ?? 0, rows_per_s: f.rows_per_s ?? 0, bytes_per_s: f.bytes_per_s ?? 0, phase: f.phase, ...followOf(f) }]
    },
    empty: (samples) => samples.length < 2,
  })
}
