// From the list of pages to a router: who may see which page, and where people go who have to sign in first.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import type { Role } from '@/api/types'
import AppShell from '@/layout/AppShell.vue'
import { useSession } from '@/stores/session'
import { nextOf } from './next'
import { existing, fileOf, HOME, type PageRoute } from './routes'

declare module 'vue-router' {
  interface RouteMeta {
    /** Of the words `pages.*`. */
    title?: string
    role?: Role
    parent?: string
    bare?: boolean
  }
}

function record(page: PageRoute): RouteRecordRaw {
  return {
    name: page.name,
    path: page.path,
    component: fileOf(page)!,
    props: (route) => (route.params.id ? { id: Number(route.params.id) } : {}),
    meta: { title: page.name, role: page.role, parent: page.parent, bare: page.bare },
  }
}

export function makeRouter() {
  const list = existing()
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', redirect: HOME },
      ...list.filter((page) => page.bare).map(record),
      {
        path: '/',
        component: AppShell,
        children: [
          ...list.filter((page) => !page.bare).map(record),
          { path: '/:rest(.*)*', name: 'notFound', component: () => import('@/views/session/NotFound.vue') },
        ],
      },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })

  router.beforeEach(async (to) => {
    const session = useSession()
    await session.restore()
    if (!session.signedIn) return to.name === 'signIn' ? true : { name: 'signIn', query: to.path === HOME ? {} : { next: to.fullPath } }
    if (session.mustChangePassword) return to.name === 'password' ? true : { name: 'password', query: to.query }
    if (to.meta.bare) return nextOf(to.query.next)
    return true
  })
  return router
}
