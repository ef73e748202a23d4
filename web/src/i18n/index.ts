// Words. One file an area in zh/ and en/, found by its name: zh/tasks.ts holds the keys "tasks.*". The other language is fetched when
// it is chosen. Messages are compiled to a tree, never to code: the Content-Security-Policy allows no eval.
import { createI18n } from 'vue-i18n'
import type { Language } from '@/stores/preferences'

type Areas = Record<string, Record<string, unknown>>

const loaders: Record<Language, () => Promise<{ default: Areas }>> = {
  'zh-CN': () => import('./zh'),
  'en-US': () => import('./en'),
}

export const i18n = createI18n({ legacy: false, locale: 'en-US', fallbackLocale: [], messages: {} as Record<string, Areas> })

export async function useLanguage(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, (await loaders[language]()).default)
  }
  i18n.global.locale.value = language
}
