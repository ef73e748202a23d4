// Views and programs of a migration: listed by kind, with what is in their way; one is translated by hand, and what waited for it is made with it.
import { beforeAll, expect, test } from 'vitest'
import { barriers } from './barriers'
import { databases, sql, until, useGodwit } from './harness'

const gw = useGodwit()
let subtask: number

beforeAll(async () => {
  sql(databases.source, [
    'DROP DATABASE IF EXISTS reading_room', 'CREATE DATABASE reading_room', 'USE reading_room', 'SET GLOBAL log_bin_trust_function_creators = 1',
    'CREATE TABLE book (id INT PRIMARY KEY, title VARCHAR(40), lent DATETIME, back DATETIME)', "INSERT INTO book VALUES (1, 'Emma', '2024-01-01 10:00:00', '2024-01-02 12:30:00')",
    'CREATE FUNCTION away(a DATETIME, b DATETIME) RETURNS TIME DETERMINISTIC\n  RETURN TIMEDIFF(b, CONCAT(a))',
    'CREATE VIEW titles AS SELECT id, title FROM book', 'CREATE VIEW lendings AS SELECT id, away(lent, back) AS took FROM book WHERE back IS NOT NULL',
    'CREATE TRIGGER book_title BEFORE INSERT ON book FOR EACH ROW SET NEW.title = UPPER(NEW.title)',
  ].join(';\n') + ';')
  sql(databases.target, 'DROP DATABASE IF EXISTS reading_room')
  sql(databases.target, 'CREATE DATABASE reading_room')
  const ends = { source_id: (await gw.api.dataSource('the old library', databases.source)).id, target_id: (await gw.api.dataSource('the new library', databases.target)).id }
  await until(async () => (await gw.api.call('GET', '/api/v1/machines')).items.some((m: any) => m.state === 'online'), 'the local machine is online')
  const one = { ...ends, source_database: 'reading_room', target_database: 'reading_room', target_schema: 'reading_room', mode: 1 }
  const { id } = await gw.api.call('POST', '/api/v1/tasks', { name: 'The library moves', subtasks: [one], machines: [], params: {} })
  await gw.api.call('POST', `/api/v1/tasks/${id}/start`)
  subtask = (await gw.api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items[0].id
  await until(async () => (await gw.api.call('GET', `/api/v1/subtasks/${subtask}`)).status === 100, 'it is done')
}, 120_000)

test('what failed is mended by hand', { timeout: 120_000 }, async () => {
  const page = await gw.signedIn()
  await page.goto(`/subtasks/${subtask}?tab=objects`)
  const kinds = page.getByRole('navigation', { name: 'Kinds of objects' })
  await kinds.getByRole('button', { name: 'Triggers' }).getByText('1 / 1').waitFor()
  await kinds.getByRole('button', { name: 'Functions' }).click()
  await page.getByText('GW3060').first().waitFor()
  await page.getByRole('button', { name: 'away' }).click()
  await page.getByRole('button', { name: 'Source and translation' }).click()

  // The line that is meant is marked, beside an empty translation.
  const dialog = page.getByRole('dialog', { name: 'Function away' })
  const source = dialog.getByRole('region', { name: 'At the source' })
  await expect.poll(() => source.locator('mark').innerText()).toMatch(/^TIMEDIFF$/i)
  expect(await barriers(page)).toEqual([])
  const translation = dialog.getByRole('textbox', { name: 'Translation' })
  await translation.fill('CREATE FUNCTION what is this')
  await dialog.getByRole('button', { name: 'Make it with this translation' }).click()
  await dialog.getByText('the target refuses it').first().waitFor()
  await translation.fill(`-- @statement
CREATE FUNCTION reading_room.away(a timestamp, b timestamp) RETURNS time LANGUAGE sql IMMUTABLE AS $$ SELECT (b - a)::time $$
-- @drop
DROP FUNCTION IF EXISTS reading_room.away(timestamp, timestamp)`)
  await dialog.getByRole('button', { name: 'Make it with this translation' }).click()
  await dialog.getByText('translated by hand').waitFor()
  await dialog.getByText(/^(Moved, to be checked|Checked, the same)$/).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await kinds.getByRole('button', { name: 'Views' }).getByText('2 / 2').waitFor()
  expect(sql(databases.target, 'SELECT took FROM reading_room.lendings', 'reading_room').trim()).toBe('02:30:00')
})
