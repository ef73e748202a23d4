// Working on the kits of machines: asks before something is lost, tells what each machine refused.
import { ElMessage } from 'element-plus'
import { post } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { Machine } from '@/api/types'
import { confirmAction } from '@/components/confirm'
import { showError, useAction } from '@/composables/useAction'
import { i18n } from '@/i18n'
import { LOSING, type KitAction } from './kit'

export function useKit() {
  const t = i18n.global.t
  return useAction(async (action: KitAction, machines: Machine[]) => {
    const names = machines.map((m) => m.name).join(', ')
    const title = t(`machines.actions.${action}`)
    if (LOSING.includes(action) && !(await confirmAction(t(`machines.confirm.${action}`, { name: names }), { title }))) return
    const { items } = await post('/api/v1/machines/kit', { body: { action, machines: machines.map((m) => m.id) } })
    for (const item of items) {
      if (item.error) showError(new ApiError(409, item.error))
    }
    const begun = items.filter((item) => !item.error).length
    if (begun > 0) ElMessage.success(t('machines.begun', { action: title, n: begun }, begun))
  })
}
