// What happens, as it happens: one WebSocket for all pages, as docs/live.md says.
//
// Topics are subscribed to by reference count. After a break the connection comes back by itself and goes on behind the last change
// it saw; a topic for which that cannot be done is told to read its state anew. Framework-free; one instance lives in stores/live.ts.

export interface Change {
  kind: string
  id?: number
  [key: string]: unknown
}

export interface Listener {
  /** A change of the topic. */
  change(change: Change, seq: number): void
  /** Read the state over the API now: the subscription has just begun, or changes may have been missed. */
  sync(): void
}

export type LiveState = 'closed' | 'connecting' | 'open' | 'broken'

export interface LiveOptions {
  url: string
  state(state: LiveState): void
  /** The server wants a sign-in, or a new password, first. */
  refused(code: number): void
  /** For tests. */
  socket?: (url: string) => WebSocket
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
const SILENCE_MS = 25_000
const ANSWER_MS = 10_000
const SIGN_IN = 4401
const MAY_NOT = 4403

interface Message {
  seq?: number
  topic?: string
  change?: Change
  subscribed?: string[]
  resync?: string[]
}

export class LiveConnection {
  private readonly listeners = new Map<string, Set<Listener>>()
  private readonly known = new Set<string>() // topics the server tells us of, or told us of before the break
  private socket: WebSocket | null = null
  private wanted = false
  private lastSeq = 0 // of the last change that was seen
  private newestSeq = 0 // the server's, when it answered last; older changes may still follow
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private heart: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly o: LiveOptions) {}

  open(): void {
    if (this.wanted) return
    this.wanted = true
    this.tries = 0
    this.connect()
  }

  /** Until it is opened again; who listens stays. */
  close(): void {
    this.wanted = false
    this.lastSeq = 0
    this.known.clear()
    this.drop()
    this.o.state('closed')
  }

  /** The network is back, or somebody looks again: do not wait for the next try. */
  hurry(): void {
    if (this.wanted && !this.socket) this.connect()
  }

  /** Whoever subscribes gets sync() as soon as nothing can be missed any more. Ends with the function returned. */
  subscribe(topic: string, listener: Listener): () => void {
    let set = this.listeners.get(topic)
    if (!set) this.listeners.set(topic, (set = new Set()))
    set.add(listener)
    if (set.size === 1) this.send({ subscribe: [topic] })
    else if (this.known.has(topic) && this.isOpen()) queueMicrotask(() => set.has(listener) && listener.sync())
    return () => {
      if (!set.delete(listener) || set.size > 0 || this.listeners.get(topic) !== set) return
      this.listeners.delete(topic)
      this.known.delete(topic)
      this.send({ unsubscribe: [topic] })
    }
  }

  private isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN
  }

  private send(message: object): void {
    if (this.isOpen()) this.socket!.send(JSON.stringify(message))
  }

  private connect(): void {
    this.drop()
    this.o.state(this.tries === 0 ? 'connecting' : 'broken')
    const socket = (this.o.socket ?? ((url) => new WebSocket(url)))(this.o.url)
    this.socket = socket
    socket.onopen = () => this.opened()
    socket.onmessage = (event) => this.take(JSON.parse(String(event.data)) as Message)
    socket.onclose = (event) => this.lost(event.code)
    this.expect(ANSWER_MS)
  }

  private drop(): void {
    clearTimeout(this.timer)
    clearTimeout(this.heart)
    const socket = this.socket
    this.socket = null
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close()
    }
  }

  private opened(): void {
    this.tries = 0
    this.o.state('open')
    const topics = [...this.listeners.keys()]
    const again = topics.filter((t) => this.known.has(t))
    const fresh = topics.filter((t) => !this.known.has(t))
    if (again.length > 0) this.send(this.lastSeq > 0 ? { subscribe: again, after: this.lastSeq } : { subscribe: again })
    if (fresh.length > 0) this.send({ subscribe: fresh })
    this.beat()
  }

  // Browsers do not show pings: asking for what we have already tells whether the server is still there.
  private beat(): void {
    clearTimeout(this.heart)
    this.heart = setTimeout(() => {
      const [topic] = this.known
      if (topic === undefined) return this.beat()
      this.send({ subscribe: [topic] })
      this.expect(ANSWER_MS)
    }, SILENCE_MS)
  }

  private expect(ms: number): void {
    clearTimeout(this.heart)
    this.heart = setTimeout(() => this.lost(0), ms)
  }

  private take(m: Message): void {
    this.beat()
    if (m.topic && m.change) {
      if (m.seq !== undefined) this.lastSeq = m.seq
      for (const listener of this.listeners.get(m.topic) ?? []) listener.change(m.change, m.seq ?? 0)
      return
    }
    if (m.subscribed) {
      this.newestSeq = m.seq ?? 0
      if (this.lastSeq === 0) this.lastSeq = this.newestSeq
    }
    if (m.resync) this.lastSeq = this.newestSeq
    for (const topic of m.subscribed ?? []) {
      if (this.known.has(topic)) continue
      this.known.add(topic)
      this.sync(topic)
    }
    for (const topic of m.resync ?? []) this.sync(topic)
  }

  private sync(topic: string): void {
    for (const listener of this.listeners.get(topic) ?? []) listener.sync()
  }

  private lost(code: number): void {
    this.drop()
    if (!this.wanted) return
    if (code === SIGN_IN || code === MAY_NOT) {
      this.close()
      this.o.refused(code)
      return
    }
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries)
    this.tries++
    this.o.state('broken')
    // Not all clients at the same moment when a server comes back.
    this.timer = setTimeout(() => this.connect(), longest * (0.5 + Math.random() / 2))
  }
}
