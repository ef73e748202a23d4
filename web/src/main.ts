import { createPinia } from 'pinia'
import { createApp, watch } from 'vue'
import App from './App.vue'
import { hooks } from './api/client'
import { i18n, useLanguage } from './i18n'
import { makeRouter } from './router'
import { watchFailures } from './router/failures'
import { usePreferences } from './stores/preferences'
import { useSession } from './stores/session'
import './styles'

const app = createApp(App)
app.use(createPinia())

const preferences = usePreferences()
await useLanguage(preferences.language)
watch(() => preferences.language, useLanguage)

const router = makeRouter()
watchFailures(router)
const session = useSession()
hooks.signedOut = () => session.forget()
// However it ended: sign in, and come back to the page that was open.
watch(() => session.signedIn, (signedIn) => {
  const here = router.currentRoute.value
  if (!signedIn && !here.meta.bare) void router.push({ name: 'signIn', query: { next: here.fullPath } })
})

app.use(router)
app.use(i18n)
app.mount('#app')
