// The server's table of states: numbers, their texts in both languages, and what may be done in which. Read once, by the shell.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { get, type Answer } from '@/api/client'
import { usePreferences } from './preferences'
import type { Texts } from '@/api/types'

type States = Answer<'/api/v1/states', 'get'>

export const useStates = defineStore('states', () => {
  const preferences = usePreferences()
  const table = ref<States | null>(null)
  let loading = false

  /** The shell does, until it has it; texts are numbers till then. */
  async function load(): Promise<void> {
    if (table.value || loading) return
    loading = true
    table.value = await get('/api/v1/states').catch(() => null) // the banner tells that the server is away
    loading = false
  }

  /** Of a {en, zh} pair, the one of the language. */
  function words(texts: Texts): string {
    return preferences.language === 'zh-CN' ? texts.zh : texts.en
  }

  function subtaskText(status: number): string {
    const found = table.value?.statuses.find((s) => s.status === status)
    return found ? words(found) : String(status)
  }

  function taskText(status: number): string {
    const found = table.value?.task_statuses.find((s) => s.status === status)
    return found ? words(found) : String(status)
  }

  function eventText(event: string): string {
    const found = table.value?.events.find((e) => e.event === event)
    return found ? words(found) : event
  }

  /** May this event happen to a subtask in this state? */
  function allows(status: number, event: string): boolean {
    return table.value?.transitions.some((t) => t.from === status && t.event === event) ?? false
  }

  return { table, load, words, subtaskText, taskText, eventText, allows }
})
