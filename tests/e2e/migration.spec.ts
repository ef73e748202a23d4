// A migration as a person follows it: started in the task centre, watched in the browser, one table that fails, mended and tried again,
// its log, and its check: differences seen, mended by the repair file, and gone.
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { barriers } from './barriers'
import { databases, PASSWORD, sql, until, useGodwit } from './harness'

const gw = useGodwit()
const NUMBERS = '(WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 1000) SELECT v FROM n)'
let ends: { source_id: number; target_id: number }

beforeAll(async () => {
  sql(databases.source, [
    'DROP DATABASE IF EXISTS watched', 'CREATE DATABASE watched CHARACTER SET utf8mb4', 'USE watched',
    'CREATE TABLE customer (id INT PRIMARY KEY, name VARCHAR(40), city VARCHAR(40), KEY by_city (city))',
    `INSERT INTO customer SELECT v, CONCAT('customer ', v), 'Oslo' FROM ${NUMBERS} x`,
    'CREATE TABLE event (id BIGINT PRIMARY KEY, body TEXT)',
    `INSERT INTO event SELECT a.v * 1000 + b.v, REPEAT('x', 100) FROM ${NUMBERS} a, ${NUMBERS} b WHERE a.v <= 20`,
    'ANALYZE TABLE event',
    'CREATE TABLE scan (id INT PRIMARY KEY, day DATE, note VARCHAR(60))', "SET sql_mode = ''",
    // What cannot be carried is behind many parts, so that there is something to be seen before.
    `INSERT INTO scan SELECT a.v * 1000 + b.v, '2025-02-03', REPEAT('.', 60) FROM ${NUMBERS} a, ${NUMBERS} b WHERE a.v <= 4`,
    "INSERT INTO scan VALUES (9999, '0000-00-00', '')", 'ANALYZE TABLE scan',
    "CREATE VIEW oslo AS SELECT id FROM customer WHERE city = 'Oslo'",
  ].join(';\n') + ';')
  sql(databases.target, 'DROP DATABASE IF EXISTS watched')
  sql(databases.target, 'CREATE DATABASE watched')
  ends = {
    source_id: (await gw.api.dataSource('the old shop', databases.source)).id,
    target_id: (await gw.api.dataSource('the new cluster', databases.target)).id,
  }
  await until(async () => (await gw.api.call('GET', '/api/v1/machines')).items.some((m: any) => m.state === 'online'), 'the local machine is online')
}, 120_000)

async function makeTask(name: string, schema: string, params: object): Promise<number> {
  const subtask = { ...ends, source_database: 'watched', target_database: 'watched', target_schema: schema, mode: 1 }
  return (await gw.api.call('POST', '/api/v1/tasks', { name, subtasks: [subtask], machines: [], params })).id
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click()
const panel = (page: Page, name: string) => page.getByRole('tabpanel', { name, exact: true })
const stage = (page: Page, name: string) => page.getByRole('list', { name: 'Stages' }).getByRole('listitem').filter({ hasText: name })

test('an offline migration, with a table that fails and is mended', { timeout: 120_000 }, async () => {
  // Slow enough to be watched; event in many parts.
  await makeTask('The shop moves', 'shop', { precheck: false, 'rate-limit': '220kB', 'chunk-size': '32kB', jobs: 2 })
  const page = await gw.signedIn()
  await page.getByRole('row', { name: 'The shop moves' }).getByRole('button', { name: 'Start' }).click()
  await page.getByRole('row', { name: 'The shop moves' }).getByText('Migrating').waitFor()
  await page.getByRole('row', { name: 'The shop moves' }).getByRole('link', { name: 'The shop moves' }).click()

  // The task: everything comes by itself.
  await page.getByRole('heading', { name: 'The shop moves' }).waitFor()
  await panel(page, 'Subtasks').getByText('Full migration: running').waitFor()
  await page.getByText(/One subtask is being moved/i).waitFor()
  await page.getByText(/[\d.]+ kB\/s/).first().waitFor()
  const row = page.getByRole('row', { name: /watched\.shop/ })
  await row.getByText('local').waitFor()
  await row.getByText('Failed').waitFor()
  await row.getByText('GW2030').waitFor()
  await page.getByRole('row', { name: /^Offline/ }).getByRole('button', { name: '1' }).last().click() // those that failed
  await row.waitFor()
  expect(page.url()).toContain('status=500')

  // The subtask: what failed, where, and what to do.
  await row.getByRole('link', { name: 'watched' }).click()
  await page.getByRole('heading', { name: 'watched → watched.shop' }).waitFor()
  await stage(page, 'Full migration').getByText('Failed').waitFor()
  await page.getByText('table watched.scan').first().waitFor()
  await tab(page, 'Objects')
  await page.getByText('3 objects').waitFor()
  await page.locator('.filters .el-switch').click() // errors only
  await page.getByText('1 objects').waitFor()
  await page.getByRole('button', { name: 'scan', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'scan' })
  await drawer.getByText('GW2030').waitFor()
  await drawer.getByText('row id=9999').waitFor()
  await drawer.getByText('What to do').waitFor()

  // Mended at the source; a definition changed there besides: to go on takes somebody who knows.
  sql(databases.source, "UPDATE scan SET day = '2025-01-01' WHERE id = 9999; ALTER TABLE event ENGINE=InnoDB;", 'watched')
  await drawer.getByRole('button', { name: 'Try this object again' }).click()
  await page.getByText('GW1022').first().waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  await page.locator('.filters .el-switch').click()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('dialog').getByText('has changed since its first tables were loaded').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click()
  await stage(page, 'Full migration').getByText('In progress').waitFor()

  // The parts of the large table fill up.
  await page.getByRole('button', { name: 'event', exact: true }).click()
  const map = page.getByRole('dialog', { name: 'event' }).getByRole('img', { name: /^\d+ parts/ })
  await expect.poll(() => map.getAttribute('aria-label')).toMatch(/Loaded \d+/)
  await expect.poll(() => map.getAttribute('aria-label'), { timeout: 60_000 }).toMatch(/^\d+ parts\. (Loaded|Being checked|Checked)/)
  await page.keyboard.press('Escape')

  await tab(page, 'Overview')
  await stage(page, 'Finished').getByText('Done').waitFor({ timeout: 60_000 })
  await stage(page, 'Full check').getByText('Done').waitFor()
  await panel(page, 'Overview').getByText('The same').waitFor()
  await page.getByRole('img', { name: /^Data per second\. Full migration: .* now/ }).waitFor()
  await page.getByRole('button', { name: /^Show all \d+/ }).click() // of what happened
  await page.getByText('start, by admin').waitFor()
  expect(await page.getByText('try again, by admin').count()).toBe(2)
  await tab(page, 'Check result')
  await page.getByText('All tables are the same').waitFor()
  await tab(page, 'Report')
  await page.getByText('Not carried (0)').waitFor()
  await tab(page, 'Objects')
  await page.getByRole('button', { name: /^Views/ }).getByText('1 / 1').waitFor()
  await tab(page, 'Parameters')
  await page.getByRole('row', { name: /^rate-limit 220kB .*the task/ }).waitFor() // of its task

  // The log: searched, by level, a line opened, and as a file.
  await tab(page, 'Log')
  const log = page.getByRole('region', { name: 'Log' })
  await log.getByText('key_built').first().waitFor()
  await log.getByText('Error', { exact: true }).click()
  await log.getByRole('button', { name: /GW1022|moved/ }).first().waitFor()
  expect(await log.getByText('key_built').count()).toBe(0)
  await log.getByRole('textbox', { name: 'Search the log' }).fill('zero-date')
  await page.keyboard.press('Enter')
  await log.getByRole('button', { name: /zero-date/ }).first().click()
  await log.getByRole('complementary').getByText('row id=9999').waitFor()
  const waiting = page.waitForEvent('download')
  await log.getByRole('link', { name: 'Download' }).click()
  expect(readFileSync(await (await waiting).path(), 'utf8')).toMatch(/^.*error.*zero-date.*\n/)
})

test('what the check finds is seen, mended, and gone', { timeout: 120_000 }, async () => {
  const id = await makeTask('Checked again', 'again', { check: true, precheck: false, 'on-loss.zero-date': 'null' })
  await gw.api.call('POST', `/api/v1/tasks/${id}/start`)
  const one = (await until(async () => (await gw.api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items.find((s: any) => s.status === 100), 'it is finished')).id
  sql(databases.target, "UPDATE again.customer SET city = 'Bergen', name = NULL WHERE id = 7; DELETE FROM again.customer WHERE id = 8;"
    + "INSERT INTO again.customer VALUES (5000, 'too many', 'Oslo'); UPDATE again.event SET body = 'other' WHERE id = 10005; DROP INDEX again.by_city;", 'watched')

  const page = await gw.signedIn()
  await page.goto(`/subtasks/${one}?tab=check`)
  await page.getByText('All tables are the same').waitFor()
  await page.getByRole('button', { name: 'Check again' }).click()
  await stage(page, 'Full check').getByText('Done, differs').waitFor({ timeout: 30_000 })
  await panel(page, 'Check result').getByText('Differs', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'customer', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'customer' })
  await drawer.getByRole('row', { name: /id=7/ }).getByText('Changed').waitFor()
  const cells = await drawer.getByRole('rowgroup').filter({ hasText: 'id=7' }).getByRole('cell').allInnerTexts()
  expect(cells.map((text) => text.replaceAll("'", ''))).toEqual(['name', 'customer 7', 'NULL', 'city', 'Oslo', 'Bergen'])
  await drawer.getByRole('row', { name: /id=8/ }).getByText('Missing').waitFor()
  await drawer.getByRole('row', { name: /id=5000/ }).getByText('Extra').waitFor()
  await drawer.getByText('index by_city').waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })

  const waiting = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Repair file' }).click()
  const file = await waiting
  expect(file.suggestedFilename()).toBe(`subtask-${one}-repair.sql`)
  sql(databases.target, readFileSync(await file.path(), 'utf8'), 'watched')
  sql(databases.target, 'CREATE INDEX by_city ON again.customer (city);', 'watched')

  // From one of the objects: all that differ are compared again.
  await tab(page, 'Objects')
  await page.getByRole('button', { name: 'customer', exact: true }).click()
  await page.getByRole('dialog', { name: 'customer' }).getByRole('button', { name: 'Compare again' }).click()
  await page.getByRole('dialog', { name: 'customer' }).getByText('Checked, the same').waitFor({ timeout: 30_000 })
  await page.keyboard.press('Escape')
  await tab(page, 'Check result')
  await page.getByText('All tables are the same').waitFor()
  await stage(page, 'Full check').getByText('Done', { exact: true }).waitFor()
})

test('an online migration: what changes at the source arrives, until that is stopped', { timeout: 120_000 }, async () => {
  sql(databases.source, 'DROP DATABASE IF EXISTS flowing; CREATE DATABASE flowing; USE flowing; CREATE TABLE visit (id INT PRIMARY KEY AUTO_INCREMENT, page VARCHAR(40));'
    + `INSERT INTO visit (page) SELECT CONCAT('page ', v) FROM ${NUMBERS} x;`)
  const subtask = { ...ends, source_database: 'flowing', target_database: 'watched', target_schema: 'flowing', mode: 2 }
  const { id } = await gw.api.call('POST', '/api/v1/tasks', { name: 'Flows', subtasks: [subtask], machines: [], params: { precheck: false }, start: true })
  const one = (await gw.api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items[0].id

  const page = await gw.signedIn()
  await page.goto(`/subtasks/${one}`)
  await stage(page, 'Incremental').getByText('In progress').waitFor({ timeout: 60_000 })
  const card = page.getByRole('region', { name: 'Incremental' })
  const tile = (name: string) => card.getByRole('definition').filter({ has: page.locator(`xpath=../dt[normalize-space()="${name}"]`) })
  sql(databases.source, "INSERT INTO visit (page) SELECT 'later' FROM visit LIMIT 300; UPDATE visit SET page = 'changed' WHERE id <= 20;", 'flowing')
  await expect.poll(() => tile('Rows applied').innerText(), { timeout: 20_000 }).toBe('320')
  await expect.poll(() => tile('Rows to apply').innerText()).toBe('0')
  await expect.poll(() => tile('Until caught up').innerText()).toBe('Caught up')
  await card.getByRole('img', { name: /^Behind the source\..* now/ }).waitFor()
  await card.getByRole('img', { name: /^Rows per second\. Captured: .* now.*; Applied: .* now/ }).waitFor()

  await page.getByRole('button', { name: 'Stop incremental' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop incremental' }).click()
  await stage(page, 'Incremental').getByText('Done').waitFor({ timeout: 30_000 })
  await page.getByText('Incremental migration: stopped').first().waitFor()
  expect(sql(databases.target, 'SELECT count(*) FROM flowing.visit', 'watched')).toContain('1300')
  await page.getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Finish' }).click()
  await stage(page, 'Finished').getByText('Done').waitFor({ timeout: 30_000 })
})

test('a precheck that fails says what and why; a viewer may only look', async () => {
  const id = await makeTask('Checked first', 'first', { 'precheck-exact': true })
  sql(databases.source, "SET sql_mode = ''; REPLACE INTO scan VALUES (9999, '0000-00-00', '');", 'watched')
  await gw.api.call('POST', `/api/v1/tasks/${id}/start`)
  const page = await gw.signedIn()
  await page.goto(`/tasks/${id}`)
  await page.getByRole('link', { name: 'Which checks failed' }).click()
  await page.getByText(/1 failed, /).waitFor()
  await page.getByText('Values can be carried exactly').waitFor()
  await page.getByText(/\d+ checks passed/).click()
  await page.getByText('every table can be read').or(page.getByText('Every table can be read')).waitFor()
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(1)

  await gw.api.call('POST', '/api/v1/accounts', { name: 'vera', password: 'given at first', role: 'viewer' })
  const other = await gw.page()
  await other.goto('/')
  await other.getByLabel('User name').fill('vera')
  await other.getByLabel('Password', { exact: true }).fill('given at first')
  await other.keyboard.press('Enter')
  await other.getByLabel('Current password').fill('given at first')
  await other.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await other.getByLabel('New password again').fill(PASSWORD)
  await other.keyboard.press('Enter')
  await other.getByRole('row', { name: 'Checked first' }).getByRole('link').click()
  await other.getByRole('link', { name: 'Which checks failed' }).click()
  await other.getByText(/1 failed, /).waitFor()
  expect(await other.getByRole('button', { name: /^(Try again|Reset|Finish|Start)$/ }).count()).toBe(0)
})

test('no serious barrier for those who use it in another way', { timeout: 120_000 }, async () => {
  const tasks = (await gw.api.call('GET', '/api/v1/tasks?name=Checked%20again')).items
  const one = (await gw.api.call('GET', `/api/v1/tasks/${tasks[0].id}/subtasks`)).items[0].id
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await gw.signedIn({ colorScheme })
    for (const path of [`/tasks/${tasks[0].id}`, `/subtasks/${one}`]) {
      await page.goto(path)
      await page.getByRole('tab').first().waitFor()
      for (const one of await page.getByRole('tab').all()) {
        await one.click()
        found.push(...(await barriers(page)))
      }
    }
  }
  expect([...new Set(found)]).toEqual([])
})
