// How many alerts are open, for the bell; live.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { get } from '@/api/client'
import { useLive } from './live'

export const useAlerts = defineStore('alerts', () => {
  const open = ref(0)
  const errors = ref(0)
  const live = useLive()
  let stop: (() => void) | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function count(): Promise<void> {
    const answer = await get('/api/v1/alerts/count').catch(() => null) // the banner tells that the server is away
    if (!answer) return
    open.value = answer.open
    errors.value = answer.errors
  }

  // Many alerts at once are one question.
  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void count(), 300)
  }

  function follow(): void {
    stop ??= live.subscribe('alerts', { change: soon, sync: soon })
  }
  function leave(): void {
    stop?.()
    stop = null
    clearTimeout(timer)
    open.value = errors.value = 0
  }
  return { open, errors, follow, leave }
})
