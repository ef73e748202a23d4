// The one live connection, and its state for the banner.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { LiveConnection, type Listener, type LiveState } from '@/api/live'
import { useSession } from './session'

export const useLive = defineStore('live', () => {
  const state = ref<LiveState>('closed')
  const session = useSession()
  const connection = new LiveConnection({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`,
    state: (s) => (state.value = s),
    refused: () => session.forget(),
  })

  window.addEventListener('online', () => connection.hurry())
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && connection.hurry())

  return {
    state,
    open: () => connection.open(),
    close: () => connection.close(),
    hurry: () => connection.hurry(),
    subscribe: (topic: string, listener: Listener) => connection.subscribe(topic, listener),
  }
})
