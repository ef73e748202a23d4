// Who is signed in. The router asks before each page; the API client says when the session is over.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { del, get, hooks, post, put } from '@/api/client'
import { ApiError } from '@/api/errors'
import type { Role, Session } from '@/api/types'

const RANK: Record<Role, number> = { viewer: 1, operator: 2, admin: 3 }

export const useSession = defineStore('session', () => {
  const who = ref<Session | null>(null)
  const asked = ref(false)

  const signedIn = computed(() => who.value !== null)
  const mustChangePassword = computed(() => who.value?.must_change_password ?? false)

  function take(session: Session | null): void {
    who.value = session
    asked.value = true
    hooks.csrf = session?.csrf ?? ''
  }

  /** Asks the server once whether there is a session from earlier. */
  async function restore(): Promise<void> {
    if (asked.value) return
    try {
      take(await get('/api/v1/session'))
    } catch (thrown) {
      if (!(thrown instanceof ApiError) || thrown.status === 0) throw thrown
      take(null)
    }
  }

  async function signIn(name: string, password: string): Promise<void> {
    take(await post('/api/v1/session', { body: { name, password } }))
  }

  async function signOut(): Promise<void> {
    await del('/api/v1/session')
    take(null)
  }

  async function changePassword(old: string, fresh: string): Promise<void> {
    await put('/api/v1/session/password', { body: { old, new: fresh } })
    take(await get('/api/v1/session'))
  }

  function forget(): void {
    take(null)
  }

  /** May they do what takes this role? */
  function may(role: Role): boolean {
    return who.value !== null && RANK[who.value.role] >= RANK[role]
  }

  return { who, signedIn, mustChangePassword, restore, signIn, signOut, changePassword, forget, may }
})
