// A task of 10 000 subtasks and a subtask of 10 000 tables: they are there at once, and scrolling never stops the page.
// What is measured is printed; the limits are those of the product's own promise.
import { execFileSync } from 'node:child_process'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { useGodwit, until } from './harness'

const MANY = 10_000
const FIRST_PAINT_MS = 1000
const LONGEST_TASK_MS = 200
const TRIES = 3

const gw = useGodwit({ options: ['--no-local-machine'] })
let task: number
let subtask: number

/** By hand, as no API makes so many at once: copies of a subtask that was made over it. */
const SEED = `
import json, sqlite3, sys
store, task, one, many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
db = sqlite3.connect(store, timeout=30)
columns = [row[1] for row in db.execute("PRAGMA table_info(subtask)")]
same = [c for c in columns if c not in ("id", "place", "target_schema", "source_database", "status", "reached", "permille", "reason")]
error = json.dumps({"code": "GW3012", "class": "target", "message": "the connection was lost", "hint": "try again", "retryable": True})
db.execute("WITH RECURSIVE n (v) AS (SELECT 2 UNION ALL SELECT v + 1 FROM n WHERE v < %d)"
           " INSERT INTO subtask (%s, place, target_schema, source_database, status, reached, permille, reason)"
           " SELECT %s, v, 'schema_' || v, 'database_' || v, CASE WHEN v %% 9 = 0 THEN 500 WHEN v %% 3 = 0 THEN 0 ELSE 100 END, 2, v %% 1000,"
           " CASE WHEN v %% 9 = 0 THEN ? END FROM subtask, n WHERE id = ?" % (many, ", ".join(same), ", ".join(same)), (error, one))
db.executemany("INSERT INTO object (subtask_id, kind, name, target, status, row_count, row_estimate, byte_count, permille, error)"
               " VALUES (?, 'table', ?, ?, ?, ?, ?, ?, ?, ?)",
               [(one, "table_%05d" % i, "s.table_%05d" % i, 6 if i % 50 == 0 else 1 + i % 5, i * 7, i * 7, i * 900, i % 1001, error if i % 50 == 0 else None)
                for i in range(many)])
db.commit()
`

beforeAll(async () => {
  const nowhere = { host: '127.0.0.1', port: 9, user: 'u', password: 'p' }
  const source_id = (await gw.api.dataSource('s', { kind: 'mysql', ...nowhere })).id
  const target_id = (await gw.api.dataSource('t', { kind: 'postgresql', ...nowhere })).id
  task = (await gw.api.call('POST', '/api/v1/tasks', { name: 'Ten thousand', subtasks: [{ source_id, source_database: 'db', target_id, target_database: 'db', target_schema: 'schema_1', mode: 1 }], start: true })).id
  subtask = (await gw.api.call('GET', `/api/v1/tasks/${task}/subtasks`)).items[0].id
  execFileSync('/usr/bin/python3', ['-c', SEED, gw.serve.store(), String(task), String(subtask), String(MANY)])
  await until(async () => (await gw.api.call('GET', `/api/v1/tasks/${task}/subtasks`)).total === MANY, 'they are there')
})

/** A page that notes when it painted, when a text was there, and tasks of the browser that kept it from answering. */
async function measured(text: string): Promise<Page> {
  const page = await gw.signedIn()
  await page.getByText('Ten thousand').first().waitFor() // the browser knows the console by now
  await page.addInitScript((wanted) => {
    const noted = ((window as any).noted = { long: [] as number[], rows: 0 })
    new PerformanceObserver((list) => noted.long.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask', buffered: true })
    new MutationObserver((_all, me) => {
      if (!document.body?.innerText.includes(wanted)) return
      noted.rows = performance.now()
      me.disconnect()
    }).observe(document, { childList: true, subtree: true })
  }, text)
  return page
}

async function opened(page: Page, path: string, text: string): Promise<void> {
  const times: { first: number; rows: number }[] = []
  do {
    await page.goto(path)
    await page.getByText(text, { exact: true }).first().waitFor()
    await page.waitForFunction(() => (window as any).noted.rows > 0)
    times.push(await page.evaluate(() => ({ first: performance.getEntriesByName('first-contentful-paint')[0]!.startTime, rows: (window as any).noted.rows as number })))
  } while (times.at(-1)!.first >= FIRST_PAINT_MS && times.length < TRIES)
  for (const { first, rows } of times) console.log(`${path}: first paint after ${Math.round(first)} ms, its rows after ${Math.round(rows)} ms`)
  expect(Math.min(...times.map((time) => time.first))).toBeLessThan(FIRST_PAINT_MS)
}

/** The longest task of the browser while something is done. Others on this machine can only make it longer: the best of a few counts. */
async function longest(page: Page, what: string, act: () => Promise<void>): Promise<void> {
  const times: number[] = []
  do {
    await page.evaluate(async () => {
      await new Promise((done) => requestIdleCallback(done)) // what came before has ended
      ;(window as any).noted.long.length = 0
    })
    await act()
    const long = await page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done))) // the observer tells a little later
      return (window as any).noted.long as number[]
    })
    times.push(Math.max(0, ...long))
  } while (times.at(-1)! >= LONGEST_TASK_MS && times.length < TRIES)
  console.log(`${what}: the longest task takes ${times.map(Math.round).join(', then ')} ms`)
  expect(Math.min(...times)).toBeLessThan(LONGEST_TASK_MS)
}

test('a task of 10 000 subtasks', async () => {
  const page = await measured('database_2')
  await opened(page, `/tasks/${task}`, 'database_2')
  await page.getByText('10\u2009000').first().waitFor()
  await page.mouse.move(700, 600)
  await longest(page, 'scrolling over subtasks', async () => {
    for (let i = 0; i < 30; i++) await page.mouse.wheel(0, i < 15 ? 120 : -120)
  })
  // The last page, and those that failed.
  await page.locator('.el-pager .number').last().click()
  await page.getByText('database_10000').waitFor()
  await page.getByRole('row', { name: /^Offline/ }).getByRole('button', { name: '1\u2009111' }).click()
  await page.getByText('database_9', { exact: true }).waitFor()
  await page.getByText('GW3012').first().waitFor()
})

test('a subtask of 10 000 tables', async () => {
  const page = await measured('table_00001')
  await opened(page, `/subtasks/${subtask}?tab=objects`, 'table_00001')
  await page.getByText('10\u2009000 objects').waitFor()
  await page.getByText('table_00001', { exact: true }).hover()
  await longest(page, 'scrolling over objects by the wheel', async () => {
    for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 400)
  })
  const list = page.getByRole('group', { name: 'Tables' })
  await longest(page, 'scrolling over objects by jumps', async () => {
    for (const part of [0.2, 0.9, 0.4, 1]) {
      await list.evaluate((box, to) => (box.scrollTop = box.scrollHeight * to), part)
      await expect.poll(() => list.getByRole('listitem').nth(10).innerText()).toContain('table_') // fetched
    }
  })
  await list.getByRole('button', { name: 'table_09999' }).waitFor()
  expect(await list.getByRole('listitem').count()).toBeLessThan(60)

  await longest(page, 'searching', async () => {
    await page.getByRole('textbox', { name: 'Search by name' }).fill('_0123')
    await page.keyboard.press('Enter')
    await page.getByText('10 objects').waitFor()
  })
  await page.getByRole('textbox', { name: 'Search by name' }).fill('')
  await page.keyboard.press('Enter')
  await page.locator('.filters .el-switch').click()
  await page.getByText('200 objects').waitFor()
  await page.getByText('GW3012').first().waitFor()
})
