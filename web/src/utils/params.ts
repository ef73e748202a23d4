// Values of parameters beside the server's table of them. Pure.
import type { Parameter, Params, Texts } from '@/api/types'

export interface ParamRow {
  name: string
  value: string
  default: string
  /** From the task, not from the subtask itself. */
  inherited: boolean
  words: Texts
  /** It is taken, and does nothing: why. */
  why?: Texts
}

interface Known {
  words: Texts
  default: string
  why?: Texts
  place: number
}

/** What a name means: a parameter's own, or that of a field of a counted one, which has the entry's number behind it. */
function known(table: Parameter[], name: string): Known | undefined {
  for (const [place, p] of table.entries()) {
    if (p.name === name) {
      const why = p.has_meaning ? undefined : { en: p.why_en ?? '', zh: p.why_zh ?? '' }
      return { words: p, default: p.default, why, place }
    }
    const field = p.fields.find((f) => name.startsWith(f.name) && /^\d+$/.test(name.slice(f.name.length)))
    if (field) return { words: field, default: '', place: place + Number(name.slice(field.name.length)) / 100 }
  }
  return undefined
}

/** Those that are not as they would be by themselves, in the order of the table. */
export function changedParams(table: Parameter[], own: Params, inherited: Params = {}): ParamRow[] {
  return Object.keys({ ...inherited, ...own })
    .map((name) => {
      const from = name in own ? own : inherited
      const k = known(table, name)
      const row: ParamRow = {
        name, value: String(from[name]), default: k?.default ?? '', inherited: from === inherited,
        words: k?.words ?? { en: '', zh: '' }, why: k?.why,
      }
      return { row, place: k?.place ?? Infinity }
    })
    .filter(({ row }) => row.value !== row.default)
    .sort((a, b) => a.place - b.place)
    .map(({ row }) => row)
}
