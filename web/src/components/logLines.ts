// The lines of a log as they are known: in order, without doubles, and not more than a browser bears. Pure.
import type { LogLine } from '@/api/types'

export const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type Level = (typeof LEVELS)[number]
export const MOST_LINES = 50_000

/** What the server would say, too: at least of this level, with this in its text whatever the case. */
export function fits(line: LogLine, level: Level, text: string): boolean {
  return LEVELS.indexOf(line.level) >= LEVELS.indexOf(level) && line.text.toLowerCase().includes(text.toLowerCase())
}

/** Newer lines behind the ones there are; the oldest go when there are too many. */
export function append(lines: LogLine[], newer: LogLine[], most = MOST_LINES): LogLine[] {
  const last = lines.at(-1)?.id ?? 0
  const all = [...lines, ...newer.filter((line) => line.id > last)]
  return all.length > most ? all.slice(-most) : all
}

export function prepend(lines: LogLine[], older: LogLine[]): LogLine[] {
  const first = lines[0]?.id ?? Infinity
  return [...older.filter((line) => line.id < first), ...lines]
}

/** name=value ..: in one row. */
export function fieldsOf(line: LogLine): string {
  return Object.entries(line.fields ?? {}).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ')
}
