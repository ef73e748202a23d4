// What can be done with a main task, here and on its own page: when it is offered, and what is asked before.
import { post } from '@/api/client'
import type { Task } from '@/api/types'
import { confirmAction } from '@/components/confirm'
import { i18n } from '@/i18n'
import { TASK } from '@/utils/status'

const t = i18n.global.t

export const canStart = (task: Task) => task.status === TASK.notStarted
export const canFinish = (task: Task) => task.status === TASK.migrating
export const canReset = (task: Task) => task.status === TASK.finished || task.status === TASK.precheckFailed
/** Its targets are free again. */
export const canCopy = (task: Task) => task.status === TASK.finished
export const canDelete = (task: Task) => task.status !== TASK.migrating

/** Subtasks that need somebody to look: the task itself goes on, or is finished, all the same. */
export function failures(task: Task): number {
  return [task.offline, task.online].reduce((sum, mode) => sum + mode.failed + mode.precheck_failed, 0)
}

/** It goes on, but nothing in it does: it waits for somebody. */
export function stuck(task: Task): boolean {
  return task.status === TASK.migrating && failures(task) > 0 && task.offline.running + task.online.running === 0
}

export async function startTask(task: Task): Promise<void> {
  await post('/api/v1/tasks/{id}/start', { path: { id: task.id } })
}

export async function finishTask(task: Task): Promise<void> {
  if (await confirmAction(t('tasks.confirmFinish', { name: task.name }), { title: t('tasks.finish') })) {
    await post('/api/v1/tasks/{id}/finish', { path: { id: task.id } })
  }
}

export async function resetTask(task: Task): Promise<void> {
  if (await confirmAction(t('tasks.confirmReset', { name: task.name }), { title: t('tasks.reset') })) {
    await post('/api/v1/tasks/{id}/reset', { path: { id: task.id } })
  }
}

/** The new one. */
export async function copyTask(task: Task): Promise<Task> {
  return post('/api/v1/tasks/{id}/copy', { path: { id: task.id } })
}

/** All or none; false: they did not want to. */
export async function deleteTasks(tasks: Task[]): Promise<boolean> {
  const [only] = tasks
  if (!only) return false
  const question = tasks.length === 1 ? t('tasks.confirmDelete', { name: only.name }) : t('tasks.confirmDeleteMany', { n: tasks.length })
  if (!(await confirmAction(question, { title: t('common.delete') }))) return false
  await post('/api/v1/tasks/delete', { body: { ids: tasks.map((task) => task.id) } })
  return true
}

/** Where "detail" leads: a task that was never started is edited. */
export function taskAddress(task: Task): string {
  return task.status === TASK.notStarted ? `/tasks/${task.id}/edit` : `/tasks/${task.id}`
}
