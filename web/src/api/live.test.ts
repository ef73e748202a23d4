// The order of messages, breaks and what follows them. That it works with a real server is tested in tests/e2e.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveConnection, type Change, type LiveState } from './live'

class Socket {
  static all: Socket[] = []
  readyState = 0
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  constructor() {
    Socket.all.push(this)
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }
  close(): void {
    this.readyState = 3
  }
  opens(): void {
    this.readyState = 1
    this.onopen?.()
  }
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  breaks(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
}

let states: LiveState[]
let refused: number[]
let live: LiveConnection
const last = () => Socket.all.at(-1)!

function listener() {
  const heard: Change[] = []
  return { heard, syncs: 0, change: (c: Change) => void heard.push(c), sync() { this.syncs++ } }
}

beforeEach(() => {
  vi.useFakeTimers()
  Socket.all = []
  states = []
  refused = []
  live = new LiveConnection({ url: 'ws://x', state: (s) => states.push(s), refused: (code) => refused.push(code), socket: () => new Socket() as unknown as WebSocket })
  live.open()
})
afterEach(() => {
  live.close()
  vi.useRealTimers()
})

describe('topics', () => {
  it('are asked for once, however many listen, and given back by the last', () => {
    last().opens()
    const stops = [live.subscribe('tasks', listener()), live.subscribe('tasks', listener())]
    expect(last().sent).toEqual([{ subscribe: ['tasks'] }])
    stops[0]!()
    stops[0]!() // twice is no harm
    expect(last().sent).toHaveLength(1)
    stops[1]!()
    expect(last().sent[1]).toEqual({ unsubscribe: ['tasks'] })
  })
  it('wait for the connection', () => {
    live.subscribe('tasks', listener())
    live.subscribe('task 7', listener())
    last().opens()
    expect(last().sent).toEqual([{ subscribe: ['tasks', 'task 7'] }])
  })
  it('tell to read the state when nothing can be missed any more, then what changes', async () => {
    const l = listener()
    live.subscribe('tasks', l)
    last().opens()
    expect(l.syncs).toBe(0)
    last().says({ subscribed: ['tasks'], seq: 41 })
    expect(l.syncs).toBe(1)
    last().says({ seq: 42, topic: 'tasks', change: { kind: 'task', id: 7 } })
    last().says({ seq: 43, topic: 'machines', change: { kind: 'machine' } })
    expect(l.heard).toEqual([{ kind: 'task', id: 7 }])
    const late = listener()
    live.subscribe('tasks', late)
    await Promise.resolve()
    expect(late.syncs).toBe(1)
  })
})

describe('a break', () => {
  function connected() {
    const l = listener()
    live.subscribe('tasks', l)
    last().opens()
    last().says({ subscribed: ['tasks'], seq: 41 })
    last().says({ seq: 42, topic: 'tasks', change: { kind: 'task', id: 7 } })
    return l
  }
  it('goes on behind the last change, without reading anew', () => {
    const l = connected()
    last().breaks()
    expect(states.at(-1)).toBe('broken')
    vi.advanceTimersByTime(1000)
    last().opens()
    expect(last().sent).toEqual([{ subscribe: ['tasks'], after: 42 }])
    last().says({ subscribed: ['tasks'], seq: 50 })
    last().says({ seq: 45, topic: 'tasks', change: { kind: 'task', id: 8 } })
    expect(l.syncs).toBe(1)
    expect(l.heard.at(-1)).toEqual({ kind: 'task', id: 8 })
    // One that comes while the rest is still told loses nothing: 45 was the last that was seen.
    last().breaks()
    vi.advanceTimersByTime(1000)
    last().opens()
    expect(last().sent[0]).toEqual({ subscribe: ['tasks'], after: 45 })
  })
  it('reads anew when the server does not know any more', () => {
    const l = connected()
    last().breaks()
    vi.advanceTimersByTime(1000)
    last().opens()
    last().says({ subscribed: ['tasks'], seq: 9 })
    last().says({ resync: ['tasks'] })
    expect(l.syncs).toBe(2)
    last().breaks()
    vi.advanceTimersByTime(1000)
    last().opens()
    expect(last().sent[0]).toEqual({ subscribe: ['tasks'], after: 9 })
  })
  it('is tried again more and more rarely, at once when asked', () => {
    connected()
    for (let i = 0; i < 12; i++) {
      last().breaks()
      const before = Socket.all.length
      vi.advanceTimersByTime(15_000)
      expect(Socket.all.length).toBeGreaterThan(before)
    }
    last().breaks()
    const before = Socket.all.length
    vi.advanceTimersByTime(5000)
    expect(Socket.all.length).toBe(before)
    live.hurry()
    expect(Socket.all.length).toBe(before + 1)
  })
  it('is noticed when the server is silent', () => {
    connected()
    vi.advanceTimersByTime(25_000)
    expect(last().sent.at(-1)).toEqual({ subscribe: ['tasks'] })
    last().says({ subscribed: ['tasks'], seq: 42 })
    expect(states.at(-1)).toBe('open')
    vi.advanceTimersByTime(35_000)
    expect(states).toContain('broken')
  })
  it('because nobody is signed in any more ends it', () => {
    connected()
    const before = Socket.all.length
    last().breaks(4401)
    expect(refused).toEqual([4401])
    expect(states.at(-1)).toBe('closed')
    vi.advanceTimersByTime(60_000)
    expect(Socket.all.length).toBe(before)
  })
})
