// The wizard, as a newcomer goes through it: data sources added in place, a subtask, parameters, machines, a last look, and off it goes.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { choose, databases, sql, until, useGodwit, type DatabaseServer } from './harness'

const gw = useGodwit()
beforeAll(() => {
  sql(databases.source, 'DROP DATABASE IF EXISTS wizard_shop; CREATE DATABASE wizard_shop; CREATE TABLE wizard_shop.item (id INT PRIMARY KEY, name VARCHAR(40)); CREATE TABLE wizard_shop.scratch (id INT PRIMARY KEY); INSERT INTO wizard_shop.item VALUES (1, \'one\'), (2, \'二\'); INSERT INTO wizard_shop.scratch VALUES (1);')
  sql(databases.target, 'DROP DATABASE IF EXISTS wizard_target;')
  sql(databases.target, 'CREATE DATABASE wizard_target;')
})

async function addSource(page: Page, side: 'Source databases' | 'Target databases', name: string, kind: string, server: DatabaseServer): Promise<void> {
  await page.getByRole('region', { name: side }).getByRole('button', { name: 'Add data source' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Add data source' })
  await dialog.getByText(kind, { exact: true }).click()
  await dialog.getByLabel('Name').fill(name)
  await dialog.getByLabel('Host').fill(server.host)
  await dialog.getByLabel('Port').fill(String(server.port))
  await dialog.getByLabel('User').fill(server.user)
  await dialog.getByLabel('Password').fill('not the password')
  await dialog.getByRole('button', { name: 'Test connection' }).click()
  await dialog.getByText('Cannot be reached').waitFor()
  await dialog.getByLabel('Password').fill(server.password)
  await dialog.getByRole('button', { name: 'Test connection' }).click()
  await dialog.getByText(/^Connected/).waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'hidden' })
}

async function openNode(page: Page, side: string, name: string): Promise<void> {
  await page.getByRole('region', { name: side }).getByRole('treeitem', { name: new RegExp(name) }).first().locator('.el-tree-node__expand-icon').first().click()
}

test('from nothing to a finished migration', { timeout: 180_000 }, async () => {
  const page = await gw.signedIn()
  await until(async () => (await gw.api.call('GET', '/api/v1/machines')).items.some((m: any) => m.state === 'online'), 'the local machine is online')
  await page.getByRole('button', { name: 'Create the first task' }).click()
  await page.getByText('No subtask yet').waitFor()
  await page.getByLabel('Name').first().fill('First steps')
  await addSource(page, 'Source databases', 'old shop', databases.source.kind === 'mysql' ? 'MySQL' : 'MariaDB', databases.source)
  await addSource(page, 'Target databases', 'new shop', 'PostgreSQL', databases.target)

  // The only data source of a side is opened. Without a source nothing can be added; then one database to another.
  const addTarget = page.getByRole('region', { name: 'Target databases' }).getByRole('treeitem', { name: /wizard_target/ }).first().getByRole('button', { name: 'Add subtask' }).first()
  expect(await addTarget.isDisabled()).toBe(true)
  await page.getByRole('region', { name: 'Source databases' }).getByRole('treeitem', { name: /wizard_shop/ }).getByRole('button', { name: 'Choose' }).click()
  await page.getByText('Source: old shop / wizard_shop').waitFor()
  await addTarget.click()
  await addTarget.click()
  await page.getByText('The same schema as subtask 2').waitFor()
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('Two subtasks write into the same schema').first().waitFor()
  await page.getByRole('button', { name: 'Remove the subtask of wizard_shop' }).last().click()
  await page.getByText('The same schema as').waitFor({ state: 'detached' })

  // All tables but one.
  await page.getByRole('button', { name: 'All tables' }).click()
  const tables = page.getByRole('dialog', { name: 'Tables of wizard_shop' })
  await tables.getByText('All but these').click()
  await tables.getByText('scratch', { exact: true }).click()
  await tables.getByRole('button', { name: 'OK' }).click()
  await page.getByRole('button', { name: 'All but 1' }).waitFor()
  await page.getByLabel('Target schema of wizard_shop').fill('moved')

  // What was entered survives a reload.
  await page.reload()
  await page.getByText('What you entered is kept in this browser').waitFor()
  expect(await page.getByLabel('Target schema of wizard_shop').inputValue()).toBe('moved')
  expect(await page.getByLabel('Name').first().inputValue()).toBe('First steps')

  // Parameters: a wrong one is named, a changed one can be taken back; the subtask's own win.
  await page.getByRole('button', { name: 'Next' }).click()
  const jobs = page.getByLabel('jobs', { exact: true })
  await jobs.fill('9999')
  await page.getByText('1 to 256').waitFor()
  await jobs.fill('2')
  await page.getByRole('button', { name: 'Restore the default of jobs' }).waitFor()
  await page.getByRole('button', { name: 'Parameters of wizard_shop' }).click()
  const drawer = page.getByRole('dialog', { name: 'Parameters of wizard_shop' })
  await drawer.getByText('set for the task').first().waitFor()
  await drawer.getByRole('button', { name: /Advanced parameters/ }).click()
  await drawer.getByLabel('chunk-size').fill('1MB')
  await drawer.getByRole('button', { name: /Close/ }).click()
  await page.getByText('1 of its own').waitFor()

  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText(/1 subtasks on any machines with room for \d+/).waitFor()
  await page.locator('.el-table .el-checkbox').first().click()
  await page.getByText(/1 subtasks on 1 machines/).waitFor()

  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('old shop / wizard_shop').waitFor()
  await page.getByText('new shop / wizard_target / moved').waitFor()
  await page.getByRole('button', { name: 'Run the precheck' }).click()
  await page.getByText(/Nothing in the way|\d+ warnings?/).waitFor({ timeout: 60_000 })

  await page.getByRole('button', { name: 'Create and start' }).click()
  await page.waitForURL(/\/tasks\/\d+$/)
  const id = Number(/\d+$/.exec(page.url())![0])
  const task = await until(async () => {
    const now = await gw.api.call('GET', `/api/v1/tasks/${id}`)
    return now.status === 2 ? now : undefined
  }, 'the task is finished', 120_000)
  expect(task).toMatchObject({ name: 'First steps', params: { jobs: '2' } })
  expect((await gw.api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items[0]).toMatchObject({ status: 100, tables: { exclude: ['scratch'] }, params: { 'chunk-size': '1MB' } })
  expect(sql(databases.target, 'SELECT name FROM moved.item ORDER BY id', 'wizard_target').split('\n').slice(0, 2)).toEqual(['one', '二'])
  expect(sql(databases.target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'moved'", 'wizard_target').trim()).toBe('1')

  // The draft is gone.
  await page.goto('/tasks/new')
  await page.getByText('No subtask yet').waitFor()
})

test('a task that was not started is changed here', async () => {
  const source = (await gw.api.call('GET', '/api/v1/data-sources')).items.find((s: any) => s.name === 'old shop').id
  const target = (await gw.api.call('GET', '/api/v1/data-sources')).items.find((s: any) => s.name === 'new shop').id
  const { id } = await gw.api.call('POST', '/api/v1/tasks', { name: 'To be changed', subtasks: [{ source_id: source, source_database: 'wizard_shop', target_id: target, target_database: 'wizard_target', target_schema: 'later', mode: 1 }] })
  const page = await gw.signedIn()
  await page.getByRole('link', { name: 'To be changed' }).click()
  await page.getByLabel('Target schema of wizard_shop').waitFor()
  await page.getByLabel('Name').first().fill('Changed')
  await choose(page, 'Mode of wizard_shop', 'Online')
  for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Create', exact: true }).or(page.getByRole('button', { name: 'Save', exact: true })).click()
  await page.waitForURL('**/tasks')
  await page.getByRole('link', { name: 'Changed' }).waitFor()
  const saved = await gw.api.call('GET', `/api/v1/tasks/${id}`)
  expect(saved).toMatchObject({ name: 'Changed', status: 0 })
  expect((await gw.api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items[0]).toMatchObject({ mode: 2, target: { schema: 'later' } })

  // A schema that is held is not offered to another task.
  await gw.api.call('POST', '/api/v1/tasks', { name: 'Holds it', subtasks: [{ source_id: source, source_database: 'wizard_shop', target_id: target, target_database: 'wizard_target', target_schema: 'public', mode: 1 }] })
  await page.goto('/tasks/new')
  await openNode(page, 'Target databases', 'wizard_target')
  const held = page.getByRole('region', { name: 'Target databases' }).getByRole('treeitem', { name: /^public/ })
  await held.getByText('in use by “Holds it”').waitFor()
  expect(await held.getByRole('button').count()).toBe(0)
})
