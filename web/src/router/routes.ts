// All pages, in one place: the router, the menu, breadcrumbs and `./dev shots` read this list. A page exists as soon as its file does:
// `view` is a file under views/, without ".vue". Titles are the words `pages.NAME`.
import type { Role } from '@/api/types'

export interface PageRoute {
  name: string
  path: string
  view: string
  /** At least; viewer when it says nothing. */
  role?: Role
  /** Where it stands in the menu; without: not at all. */
  menu?: { group: 'migration' | 'resources' | 'system'; icon: string }
  /** The page above it, for breadcrumbs and the marked entry of the menu. */
  parent?: string
  /** Outside the shell: nobody is signed in yet. */
  bare?: boolean
}

export const HOME = '/tasks'

export const pages: PageRoute[] = [
  { name: 'signIn', path: '/sign-in', view: 'session/SignIn', bare: true },
  { name: 'password', path: '/password', view: 'session/NewPassword', bare: true },

  { name: 'tasks', path: '/tasks', view: 'tasks/TaskCentre', menu: { group: 'migration', icon: 'Files' } },
  { name: 'taskNew', path: '/tasks/new', view: 'tasks/TaskWizard', role: 'operator', parent: 'tasks' },
  { name: 'taskEdit', path: '/tasks/:id(\\d+)/edit', view: 'tasks/TaskWizard', role: 'operator', parent: 'tasks' },
  { name: 'task', path: '/tasks/:id(\\d+)', view: 'tasks/TaskDetail', parent: 'tasks' },
  { name: 'subtask', path: '/subtasks/:id(\\d+)', view: 'subtasks/SubtaskPage', parent: 'tasks' },

  { name: 'dataSources', path: '/data-sources', view: 'datasources/DataSourceList', menu: { group: 'resources', icon: 'Coin' } },
  { name: 'machines', path: '/machines', view: 'machines/MachineList', menu: { group: 'resources', icon: 'Monitor' } },
  { name: 'machine', path: '/machines/:id(\\d+)', view: 'machines/MachineDetail', parent: 'machines' },
  { name: 'terminal', path: '/machines/:id(\\d+)/terminal', view: 'machines/MachineTerminal', role: 'operator', parent: 'machines' },
  { name: 'alerts', path: '/alerts', view: 'alerts/AlertList', menu: { group: 'resources', icon: 'Bell' } },

  { name: 'accounts', path: '/accounts', view: 'accounts/AccountList', role: 'admin', menu: { group: 'system', icon: 'User' } },
  { name: 'tokens', path: '/tokens', view: 'tokens/TokenList', menu: { group: 'system', icon: 'Key' } },
  { name: 'audit', path: '/audit', view: 'audit/AuditLog', role: 'admin', menu: { group: 'system', icon: 'Notebook' } },
  { name: 'settings', path: '/settings', view: 'settings/SettingsPage', role: 'admin', menu: { group: 'system', icon: 'Setting' } },
  { name: 'profile', path: '/profile', view: 'profile/ProfilePage' },
]

const files = import.meta.glob('../views/*/*.vue')

export function fileOf(page: PageRoute): (() => Promise<unknown>) | undefined {
  return files[`../views/${page.view}.vue`]
}

export function existing(): PageRoute[] {
  return pages.filter((page) => fileOf(page) !== undefined)
}
