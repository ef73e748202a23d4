// What a form of parameters needs beside the server's table: which field a parameter shows as, and whether a text may be its value. Pure.
import type { Parameter, Params } from '@/api/types'

/** A field of the form: a parameter, or one of an entry of a counted one. */
export interface ParamField {
  name: string
  kind: string
  choices: string[]
  default: string
  low?: number
  high?: number
  en: string
  zh: string
}

/** Of a counted parameter: the fields of so many entries. */
export function entryFields(p: Parameter, entries: number): ParamField[][] {
  return Array.from({ length: entries }, (_, i) =>
    p.fields.map((f) => ({ name: `${f.name}${i + 1}`, kind: f.choices.length > 0 ? 'choice' : 'text', choices: f.choices, default: '', en: f.en, zh: f.zh })),
  )
}

/** Its fields, all of them: what "restore the default" takes away. */
export function namesOf(p: Parameter): string[] {
  return [p.name, ...entryFields(p, p.high ?? 0).flat().map((f) => f.name)]
}

/** Is something of it set here? */
export const isSet = (p: Parameter, params: Params) => namesOf(p).some((name) => name in params)

/** Why it cannot be the value, as the key of a text; '': it can. The server has the last word. */
export function fault(f: Pick<ParamField, 'kind' | 'low' | 'high' | 'choices'>, value: string): '' | 'number' | 'size' | 'duration' | 'choice' {
  if (value === '') return ''
  if (f.kind === 'number' || f.kind === 'rules') {
    const n = Number(value)
    return Number.isInteger(n) && n >= (f.low ?? 0) && n <= (f.high ?? Infinity) ? '' : 'number'
  }
  if (f.kind === 'size') return /^\d+(\.\d+)?\s*([kKMGT]i?)?B?$/.test(value) ? '' : 'size'
  if (f.kind === 'duration') return /^\d+(\.\d+)?\s*(ms|s|m|h|d|min)?$/.test(value) ? '' : 'duration'
  if (f.kind === 'choice') return f.choices.includes(value) ? '' : 'choice'
  return ''
}
