// An execution machine as pages show it.
import type { Machine } from '@/api/types'
import { NOTHING } from '@/utils/format'
import type { Tone } from '@/utils/status'

export function stateTone(state: Machine['state']): Tone {
  switch (state) {
    case 'online': return 'done'
    case 'installing': return 'running'
    case 'failed': return 'failed'
    case 'offline': return 'warning'
    default: return 'idle'
  }
}

/** What the agent, or the look over SSH, measured; keys as in docs/agent-protocol.md. */
export function factsOf(machine: Machine) {
  const f = (machine.facts ?? {}) as Record<string, string | number | undefined>
  const number = (key: string) => (typeof f[key] === 'number' ? f[key] : undefined)
  return {
    os: String(f.os ?? NOTHING),
    kernel: String(f.kernel ?? NOTHING),
    arch: String(f.arch ?? NOTHING),
    hostname: String(f.hostname ?? NOTHING),
    user: String(f.user ?? NOTHING),
    directory: String(f.directory ?? NOTHING),
    cores: number('cores') ?? NOTHING,
    load: number('load_1')?.toFixed(2) ?? NOTHING,
    memory: number('memory_bytes'),
    memoryFree: number('memory_free_bytes'),
    disk: number('disk_bytes'),
    diskFree: number('disk_free_bytes'),
  }
}
