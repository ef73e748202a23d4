// How a person wants the console: theme, language, and small things pages remember. Kept in this browser.
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { recall, remember } from '@/utils/memory'

export type Theme = 'system' | 'light' | 'dark'
export type Language = 'zh-CN' | 'en-US'

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')

function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en-US'
}

export const usePreferences = defineStore('preferences', () => {
  const theme = ref<Theme>(recall('theme', 'system'))
  const language = ref<Language>(recall('language', systemLanguage()))
  const menuCollapsed = ref<boolean>(recall('menu-collapsed', window.innerWidth < 1100))

  const systemIsDark = ref(systemDark.matches)
  systemDark.addEventListener('change', (event) => (systemIsDark.value = event.matches))
  const dark = computed(() => (theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'))

  watch(dark, (on) => document.documentElement.classList.toggle('dark', on), { immediate: true })
  watch(language, (to) => (document.documentElement.lang = to), { immediate: true })

  // Only what was chosen is remembered: until then the system decides.
  function setTheme(to: Theme): void {
    theme.value = to
    remember('theme', to)
  }
  function setLanguage(to: Language): void {
    language.value = to
    remember('language', to)
  }
  function toggleMenu(): void {
    menuCollapsed.value = !menuCollapsed.value
    remember('menu-collapsed', menuCollapsed.value)
  }
  return { theme, language, dark, menuCollapsed, setTheme, setLanguage, toggleMenu }
})
