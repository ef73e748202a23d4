// What can be done to the kit of a machine, and when.
import type { Machine } from '@/api/types'

export type KitAction = NonNullable<Machine['kit']>['action']

export const busy = (m: Machine) => m.kit?.state === 'waiting' || m.kit?.state === 'running'

/** Offered in this order; the first is the one that is most likely wanted. The server has the last word. */
export function actionsFor(m: Machine): KitAction[] {
  if (!m.ssh || busy(m)) return []
  switch (m.state) {
    case 'new': return ['install', 'cleanup']
    case 'failed': return ['install', 'cleanup']
    case 'stopped': return ['start', 'upgrade', 'reinstall', 'uninstall']
    case 'offline': return ['start', 'reinstall', 'uninstall', 'cleanup']
    case 'online': return ['upgrade', 'reinstall', 'stop', 'uninstall']
    default: return []
  }
}

/** Asked before: something stops, or goes away. */
export const LOSING: KitAction[] = ['reinstall', 'stop', 'uninstall', 'cleanup']
