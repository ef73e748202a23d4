// To the clipboard. Browsers give theirs to pages of a secure origin only; a console that is read over plain HTTP within a data centre has
// the older way: what is selected is copied.
import { ElMessage } from 'element-plus'
import { i18n } from '@/i18n'

function copySelected(text: string): boolean {
  const area = document.createElement('textarea')
  const focused = document.activeElement
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  // Within a dialog if there is one: it keeps the focus to itself.
  const around = focused?.closest('[role=dialog]') ?? document.body
  around.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}

/** Copies, and says whether it could. */
export async function copyText(text: string): Promise<void> {
  const { t } = i18n.global
  const done = navigator.clipboard ? await navigator.clipboard.writeText(text).then(() => true, () => copySelected(text)) : copySelected(text)
  if (done) ElMessage.success(t('common.copied'))
  else ElMessage.warning(t('common.notCopied'))
}
