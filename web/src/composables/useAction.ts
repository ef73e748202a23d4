// Something a person does: one at a time, and when it fails it says why.
//
//   const start = useAction(async (id: number) => { await post('/api/v1/tasks/{id}/start', { path: { id } }) })
//   <el-button :loading="start.busy" @click="start.run(task.id)">
import { ElNotification } from 'element-plus'
import { h, reactive } from 'vue'
import { asErrorBody } from '@/api/errors'
import ErrorText from '@/components/ErrorText.vue'

export interface Action<A extends unknown[]> {
  busy: boolean
  /** false: it failed, and that was shown. */
  run: (...args: A) => Promise<boolean>
}

export function useAction<A extends unknown[]>(act: (...args: A) => Promise<unknown>): Action<A> {
  const action: Action<A> = reactive({
    busy: false,
    async run(...args: A): Promise<boolean> {
      if (action.busy) return false
      action.busy = true
      try {
        await act(...args)
        return true
      } catch (thrown) {
        showError(thrown)
        return false
      } finally {
        action.busy = false
      }
    },
  })
  return action
}

/** An error in the corner: what was done there is somewhere else by now. */
export function showError(thrown: unknown): void {
  ElNotification({
    message: h(ErrorText, { error: asErrorBody(thrown) }),
    type: 'error',
    duration: 12_000,
    customClass: 'gw-error-note',
  })
}
