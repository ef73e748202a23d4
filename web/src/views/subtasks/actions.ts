// What people can do with a subtask, in the list of a task and on its own page: what the server's table of states allows, and what is
// asked before.
import { shallowRef } from 'vue'
import { post } from '@/api/client'
import type { Subtask } from '@/api/types'
import { confirmAction } from '@/components/confirm'
import { i18n } from '@/i18n'

const t = i18n.global.t

/** In the order they are offered in; named like the events of docs/states.md and the API's paths. */
export const SUBTASK_ACTIONS = ['start', 'retry', 'cutover', 'undo-cutover', 'stop-incremental', 'start-reverse', 'finish', 'reset'] as const
export type SubtaskAction = (typeof SUBTASK_ACTIONS)[number]

/** What stops or loses something, or begins to write into the source. */
const ASKED = new Set<SubtaskAction>(['undo-cutover', 'stop-incremental', 'start-reverse', 'finish', 'reset'])

export function actionWords(action: SubtaskAction): string {
  return t(`subtasks.actions.${action}`)
}

/** source -> target, as people call it. */
export function nameOf(subtask: Subtask): string {
  return `${subtask.source.database} → ${subtask.target.database}.${subtask.target.schema}`
}

/** It was refused to go on, as the source is no longer what the loaded tables were read from. */
export function sourceMoved(subtask: Subtask): boolean {
  return subtask.reason?.code === 'GW1022'
}

export function confirmMoved(subtask: Subtask): Promise<boolean> {
  return confirmAction(t('subtasks.confirm.moved', { name: nameOf(subtask) }), { title: actionWords('retry') })
}

/** A definition of its source has stopped it. */
export function stoppedByDefinition(subtask: Subtask): boolean {
  return subtask.reason?.code === 'GW3055'
}
/** The one that is asked about: DefinitionDialog.vue. */
export const definitionOf = shallowRef<Subtask | null>(null)

/** The one that a cut-over is being prepared for: CutoverDialog.vue. */
export const cutoverOf = shallowRef<Subtask | null>(null)

export async function doAction(action: SubtaskAction, subtask: Subtask): Promise<void> {
  if (action === 'cutover') {
    cutoverOf.value = subtask
    return
  }
  if (ASKED.has(action)) {
    const name = nameOf(subtask)
    if (!(await confirmAction(t(`subtasks.confirm.${action}`, { name }), { title: actionWords(action) }))) return
  }
  if (action === 'retry' && stoppedByDefinition(subtask)) {
    definitionOf.value = subtask
    return
  }
  if (action === 'retry' && sourceMoved(subtask)) {
    if (!(await confirmMoved(subtask))) return
    await post('/api/v1/subtasks/{id}/retry', { path: { id: subtask.id }, body: { accept_moved: true } })
    return
  }
  await post(`/api/v1/subtasks/{id}/${action}` as const, { path: { id: subtask.id } })
}

/** Its page; with a tab of it. */
export function subtaskAddress(id: number, tab?: string): string {
  return tab ? `/subtasks/${id}?tab=${tab}` : `/subtasks/${id}`
}
