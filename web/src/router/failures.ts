// A page that cannot be shown: its files are gone because the server is a newer one by now, or the server did not answer.
import { ref } from 'vue'
import type { Router } from 'vue-router'
import { recall, remember } from '@/utils/memory'

/** Why there is no page at all; null: there is one. */
export const noPage = ref<unknown>(null)

const FILES_ARE_GONE = /dynamically imported module|module script failed|preload CSS/i
const LOOP_MS = 10_000

export function watchFailures(router: Router): void {
  router.onError((error: unknown, to) => {
    const text = error instanceof Error ? error.message : String(error)
    if (FILES_ARE_GONE.test(text) && Date.now() - recall('reloaded', 0) > LOOP_MS) {
      remember('reloaded', Date.now())
      location.assign(to.fullPath)
    } else {
      noPage.value = error
    }
  })
  router.afterEach((_to, _from, failure) => {
    if (!failure) noPage.value = null
  })
}
