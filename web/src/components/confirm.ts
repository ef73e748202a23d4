// Asked before something stops or is lost. `if (await confirmAction(text, { title, button })) ...`
import { ElMessageBox } from 'element-plus'
import { i18n } from '@/i18n'

export async function confirmAction(text: string, o: { title: string; button?: string }): Promise<boolean> {
  const t = i18n.global.t
  try {
    await ElMessageBox.confirm(text, o.title, {
      confirmButtonText: o.button ?? o.title,
      cancelButtonText: t('common.cancel'),
      confirmButtonType: 'danger',
      autofocus: true,
      closeOnClickModal: false,
    })
    return true
  } catch {
    return false // cancelled, or closed
  }
}
