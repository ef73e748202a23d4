// What people do has a number (those of the system we replace, and our own); a change of status that comes of it has the name of an event.
import { useStates } from '@/stores/states'

const EVENTS: Record<number, string> = { 1: 'start', 2: 'stop-incremental', 3: 'start-reverse', 100: 'finish', 101: 'reset', 102: 'retry', 103: 'check-again', 104: 'cutover', 105: 'undo-cutover' }

export function eventOf(code: number): string | undefined {
  return EVENTS[code]
}

/** In the language, by the server's own words for the event. */
export function operationWords(code: number): string {
  const event = eventOf(code)
  return event ? useStates().eventText(event) : String(code)
}
