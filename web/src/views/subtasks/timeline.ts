// What happened to a subtask, from the server's list of what people did and how its status changed. Pure.
import type { Answer } from '@/api/client'
import type { ErrorBody } from '@/api/types'

type Item = Answer<'/api/v1/subtasks/{id}/timeline', 'get'>['items'][number]

export interface Happening {
  key: string
  atMs: number
  /** Somebody's doing. */
  who?: string
  event: string
  /** The status it led to. */
  to?: number
  reason?: ErrorBody
}

/** The newest first. What somebody did, and the change of status that came of it, are one. */
export function happenings(items: Item[], eventOf: (code: number) => string | undefined): Happening[] {
  const out: Happening[] = []
  const deeds: Happening[] = [] // of people, that have not led to a change yet
  for (const [i, item] of items.entries()) {
    if ('code' in item) {
      const deed: Happening = { key: String(i), atMs: item.at_ms, who: item.who, event: eventOf(item.code) ?? String(item.code) }
      deeds.push(deed)
      out.push(deed)
      continue
    }
    const at = deeds.findIndex((d) => d.event === item.event && d.atMs === item.at_ms)
    const led = { to: item.to, reason: item.reason ?? undefined }
    if (at >= 0) Object.assign(deeds.splice(at, 1)[0]!, led)
    else out.push({ key: String(i), atMs: item.at_ms, event: item.event, ...led })
  }
  return out.reverse()
}

/** The statuses it has had since it was last reset. */
export function statusesSeen(items: Item[]): number[] {
  const changes = items.filter((item) => 'to' in item)
  const reset = changes.findLastIndex((change) => change.event === 'reset')
  return changes.slice(reset + 1).map((change) => change.to)
}
