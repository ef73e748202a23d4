// What each test of the console has: a `godwit serve` of its own, a browser, a client of the API to prepare things with, and SQL.
//
//   const gw = useGodwit()                       // in a spec, at the top: starts before the tests, ends after them
//   test('..', async () => { const page = await gw.page(); await page.goto('/tasks') .. })
//
// A page that reports an error of its own (a script's, or one of the Content-Security-Policy) fails the test. A test that fails leaves
// a picture in $RESULTS.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const GODWIT = process.env.GODWIT_BIN ?? join(ROOT, 'build/godwit')
export const RESULTS = process.env.RESULTS ?? join(ROOT, 'test-results')
export const PASSWORD = 'a new passw0rd'

export interface DatabaseServer {
  kind: 'mysql' | 'mariadb' | 'postgresql'
  host: string
  port: number
  user: string
  password: string
}
export const databases = JSON.parse(process.env.E2E_DATABASES ?? '{}') as { source: DatabaseServer; target: DatabaseServer }
/** An ordinary user on an sshd; null where there is none. */
export const sshd = JSON.parse(process.env.E2E_SSHD ?? 'null') as { host: string; port: number; user: string; password: string; fingerprint: string } | null

/** Statements on a database server, by its own command line client. What they print. */
export function sql(server: DatabaseServer, statements: string, database?: string, delimiter?: string): string {
  const { host, port, user, password } = server
  if (server.kind === 'postgresql') {
    return execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', host, '-p', String(port), '-U', user, '-d', database ?? 'postgres'],
      { input: statements, env: { ...process.env, PGPASSWORD: password }, encoding: 'utf8' })
  }
  return execFileSync('mariadb', ['--no-defaults', '--batch', '--skip-column-names', ...(delimiter ? ['--delimiter', delimiter] : []), '--skip-ssl', '-h', host, '-P', String(port), '-u', user, ...(database ? [database] : [])],
    { input: statements, env: { ...process.env, MYSQL_PWD: password }, encoding: 'utf8' })
}

/** The API, as an admin: for what a test needs to be there before it begins. */
export class Api {
  cookie = ''
  private csrf = ''

  constructor(readonly url: string) {}

  async call<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'Content-Type': 'application/json', Cookie: this.cookie, 'X-Godwit-CSRF': this.csrf },
      body: body === undefined ? (method === 'POST' ? '{}' : undefined) : JSON.stringify(body),
    })
    this.cookie = /godwit_session=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? this.cookie
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text ? JSON.parse(text) : undefined) as T
  }

  async signIn(password: string): Promise<void> {
    this.csrf = (await this.call('POST', '/api/v1/session', { name: 'admin', password })).csrf
  }

  dataSource(name: string, server: DatabaseServer): Promise<{ id: number }> {
    const { kind, host, port, user: username, password } = server
    return this.call('POST', '/api/v1/data-sources', { name, kind, host, port, username, password, properties: {} })
  }
}

/** A server that runs, with its first password. */
class Serve {
  private process?: ChildProcess
  private readonly dir = mkdtempSync(join(tmpdir(), 'godwit-e2e-'))
  private port = 0
  output = ''
  url = ''

  constructor(private readonly options: string[]) {}

  async start(): Promise<string> {
    const args = ['serve', '--listen', `127.0.0.1:${this.port}`, '--data', join(this.dir, 'data'), '--log', join(this.dir, 'serve.log'), ...this.options]
    const child = (this.process = spawn(GODWIT, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: this.dir }))
    let text = ''
    await new Promise<void>((ready, failed) => {
      const take = (bytes: Buffer): void => {
        text += bytes
        this.output += bytes
        if (/serves at .*\n(first login.*\n)?/.test(text) && (this.port > 0 || /first login.*\n/.test(text))) ready()
      }
      child.stdout!.on('data', take)
      child.stderr!.on('data', take)
      child.on('exit', (code) => failed(new Error(`godwit serve ended (${code}):\n${text}`)))
    })
    this.url = /(http:\/\/127\.0\.0\.1:(\d+))\//.exec(text)![1]!
    this.port = Number(new URL(this.url).port)
    return /password (\S+)/.exec(text)?.[1] ?? ''
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.process
    if (!child || child.exitCode !== null) return
    const ended = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await ended
  }

  /** Its store, an SQLite file. */
  store(): string {
    return join(this.dir, 'data', 'godwit.db')
  }

  log(): string {
    return readFileSync(join(this.dir, 'serve.log'), 'utf8').split('\n').slice(-60).join('\n')
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

export interface Godwit {
  url: string
  /** The one printed at the first start; the account still has it when `fresh` was asked for. */
  firstPassword: string
  api: Api
  serve: Serve
  /** A page nobody has signed in on, in English, light, 1280 wide unless said otherwise. */
  page(options?: BrowserContextOptions): Promise<Page>
  /** The same, signed in as the admin. */
  signedIn(options?: BrowserContextOptions): Promise<Page>
}

const BROWSER_ARGS = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
// The server's refusals are part of many tests; the browser notes each of them.
const EXPECTED = [/Failed to load resource/, /WebSocket connection to .* failed/]

/** fresh: leave the first password as it is. */
export function useGodwit(o: { fresh?: boolean; options?: string[] } = {}): Godwit {
  const serve = new Serve(o.options ?? [])
  let browser: Browser
  let open: Page[] = []
  let problems: string[] = []

  const gw = {
    serve,
    url: '',
    firstPassword: '',
    async page(options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ baseURL: gw.url, locale: 'en-US', colorScheme: 'light', viewport: { width: 1280, height: 800 }, ...options })
      context.setDefaultTimeout(15_000)
      const page = await context.newPage()
      page.on('pageerror', (e) => problems.push(`error: ${e.stack ?? e.message}`))
      page.on('console', (m) => {
        if ((m.type() === 'error' || m.type() === 'warning') && !EXPECTED.some((x) => x.test(m.text()))) problems.push(`${m.type()}: ${m.text()}`)
      })
      page.on('request', (r) => {
        if (!r.url().startsWith(gw.url) && !/^(data|blob):/.test(r.url())) problems.push(`asked elsewhere: ${r.url()}`)
      })
      open.push(page)
      return page
    },
    async signedIn(options?: BrowserContextOptions): Promise<Page> {
      const page = await gw.page(options)
      const [name, value] = gw.api.cookie.split('=') as [string, string]
      await page.context().addCookies([{ name, value, url: gw.url }])
      await page.goto('/')
      return page
    },
  } as Godwit

  beforeAll(async () => {
    gw.firstPassword = await serve.start()
    gw.url = serve.url
    gw.api = new Api(gw.url)
    if (!o.fresh) {
      await gw.api.signIn(gw.firstPassword)
      await gw.api.call('PUT', '/api/v1/session/password', { old: gw.firstPassword, new: PASSWORD })
    }
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: BROWSER_ARGS })
  })
  afterEach(async ({ task }) => {
    const pages = open
    const found = problems
    open = []
    problems = []
    if (task.result?.state === 'fail' || found.length > 0) {
      const name = task.name.replace(/\W+/g, '-')
      for (const [i, page] of pages.entries()) await page.screenshot({ path: join(RESULTS, `e2e-${name}-${i}.png`) }).catch(() => {})
      console.log(serve.log())
    }
    for (const page of pages) await page.context().close()
    expect(found, 'what pages complained about').toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await serve.remove()
  })
  return gw
}

/** An option of a select, by the keyboard: its shown value lies over what could be clicked. */
export async function choose(page: Page, select: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: select }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('option', { name: option }).click()
}

/** An entry of a menu that opens: on a slow machine it moves while it is clicked at, and the click goes beside it. */
export async function pick(page: Page, entry: string): Promise<void> {
  const item = page.getByRole('menuitem', { name: entry })
  for (let tries = 3; ; tries--) {
    await item.click()
    try {
      return await item.waitFor({ state: 'hidden', timeout: 4000 })
    } catch (e) {
      if (tries === 1) throw e
    }
  }
}

/** Until a condition holds: for what is not on a page. */
export async function until<T>(condition: () => Promise<T | undefined | false>, what: string, deadlineMs = 60_000): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const value = await condition()
    if (value) return value
    if (Date.now() > end) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}
