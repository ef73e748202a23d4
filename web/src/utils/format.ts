// Numbers, sizes, durations and times as people read them. Pure: the language is an argument.
// Units are decimal (1 MB = 1 000 000 B), as on the command line.

export const NOTHING = '–'

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function formatCount(n: number | null | undefined): string {
  return n == null || !Number.isFinite(n) ? NOTHING : Math.round(n).toLocaleString('en-US').replaceAll(',', '\u2009')
}

/** 1234 -> "1.23 k": for charts and narrow places. */
export function formatShort(n: number | null | undefined): string {
  if (n == null || !Number.isFinite(n)) return NOTHING
  const units = ['', ' k', ' M', ' G', ' T']
  const { value, unit } = scale(n, units)
  return threeDigits(value, unit === 0) + units[unit]
}

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes == null || !Number.isFinite(bytes)) return NOTHING
  const { value, unit } = scale(bytes, SIZES)
  return `${threeDigits(value, unit === 0)} ${SIZES[unit]}`
}

export function formatByteRate(bytesPerSecond: number | null | undefined): string {
  const text = formatBytes(bytesPerSecond)
  return text === NOTHING ? text : `${text}/s`
}

/** A part of 1; never "100 %" before it is whole. */
export function formatPercent(part: number | null | undefined): string {
  if (part == null || !Number.isFinite(part)) return NOTHING
  const percent = Math.min(1, Math.max(0, part)) * 100
  if (percent === 0 || percent === 100) return `${percent}%`
  return `${(Math.floor(percent * 10) / 10).toFixed(1)}%`
}

/** "3d 04:05:06", "04:05:06", "00:05": the same in every language. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms == null || !Number.isFinite(ms)) return NOTHING
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const days = Math.floor(s / 86400)
  const hours = Math.floor(s / 3600) % 24
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  if (days > 0) return `${days}d ${two(hours)}:${rest}`
  return hours > 0 ? `${two(hours)}:${rest}` : rest
}

/** How long something took: "0.03 s", "3.8 s", "42 s", then as a duration. */
export function formatTook(seconds: number | null | undefined): string {
  if (seconds == null || !Number.isFinite(seconds)) return NOTHING
  if (seconds >= 59.5) return formatDuration(seconds * 1000)
  return `${seconds.toFixed(seconds < 0.995 ? 2 : seconds < 9.95 ? 1 : 0)} s`
}

/** "2026-01-31 09:05:07", in the browser's time zone. */
export function formatTime(ms: number | null | undefined, parts: 'minute' | 'second' | 'ms' = 'second'): string {
  if (ms == null || !Number.isFinite(ms)) return NOTHING
  const d = new Date(ms)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
  const minute = `${day} ${two(d.getHours())}:${two(d.getMinutes())}`
  if (parts === 'minute') return minute
  const second = `${minute}:${two(d.getSeconds())}`
  return parts === 'second' ? second : `${second}.${String(d.getMilliseconds()).padStart(3, '0')}`
}

/** "5 minutes ago", in the language. */
export function formatAgo(ms: number, nowMs: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const s = Math.round((ms - nowMs) / 1000)
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86400], ['hour', 3600], ['minute', 60]]
  for (const [unit, seconds] of steps) {
    if (Math.abs(s) >= seconds) return format.format(Math.trunc(s / seconds), unit)
  }
  return format.format(s, 'second')
}

function scale(n: number, units: string[]): { value: number; unit: number } {
  let value = n
  let unit = 0
  // 999.5 would be shown as 1000.
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return { value, unit }
}

function threeDigits(value: number, whole: boolean): string {
  if (whole && Number.isInteger(value)) return String(value)
  const size = Math.abs(value)
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
}
