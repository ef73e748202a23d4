// The task centre with real tasks: it follows them by itself, finds, sorts, starts, finishes and deletes them; and the alerts.
import { beforeAll, expect, test } from 'vitest'
import { barriers } from './barriers'
import { PASSWORD, until, useGodwit } from './harness'
import { makeScene, type Scene } from './scene'

const gw = useGodwit()
let scene: Scene
beforeAll(async () => void (scene = await makeScene(gw)), 120_000)

test('tasks are followed live', async () => {
  const page = await gw.signedIn()
  const row = (name: string) => page.getByRole('row', { name })
  await row('Shop to the new cluster').getByText('Finished').waitFor()
  await row('Warehouse, nightly rehearsal').getByText('Migrating').waitFor()
  await row('Archive 2019-2024').getByText('1 subtask failed').waitFor()
  expect(await row('Archive 2019-2024').getByRole('checkbox').isDisabled()).toBe(true)

  // Somebody else makes one, and takes it back.
  const id = await another('Made by somebody else')
  await row('Made by somebody else').getByText('Not started').waitFor()
  await gw.api.call('DELETE', `/api/v1/tasks/${id}`)
  await row('Made by somebody else').waitFor({ state: 'detached' })

  // The running one is finished here, after a question.
  await row('Warehouse, nightly rehearsal').getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('dialog').getByText('All its running subtasks are stopped').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  await row('Warehouse, nightly rehearsal').getByText('Migrating').waitFor()
  await row('Warehouse, nightly rehearsal').getByRole('button', { name: 'Finish' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Finish' }).click()
  await row('Warehouse, nightly rehearsal').getByText('Finished').waitFor()
})

/** A task that is not started. */
async function another(name: string): Promise<number> {
  const { items } = await gw.api.call('GET', `/api/v1/tasks/${scene.tasks.notStarted}/subtasks`)
  const [{ source, target }] = items
  const subtask = { source_id: source.data_source, source_database: source.database, target_id: target.data_source, target_database: target.database, target_schema: name.replaceAll(' ', '_'), mode: 1 }
  return (await gw.api.call('POST', '/api/v1/tasks', { name, subtasks: [subtask] })).id
}

test('finding and sorting; the address keeps it', async () => {
  const page = await gw.signedIn()
  const names = () => page.locator('tbody .gw-name').allInnerTexts()
  await page.getByRole('textbox', { name: 'Name' }).fill('SHOP')
  await page.keyboard.press('Enter')
  await expect.poll(names).toEqual(['Shop to the new cluster'])
  expect(page.url()).toContain('name=SHOP')
  await page.reload()
  await expect.poll(names).toEqual(['Shop to the new cluster'])
  await page.getByRole('textbox', { name: 'Name' }).fill('nothing like that')
  await page.keyboard.press('Enter')
  await page.getByText('No tasks like these').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect.poll(async () => (await names()).length).toBe(4)

  await page.getByRole('columnheader', { name: 'Name' }).click()
  await expect.poll(async () => (await names())[0]).toBe('Archive 2019-2024')
  await page.getByRole('columnheader', { name: 'Name' }).click()
  await expect.poll(async () => (await names()).at(-1)).toBe('Archive 2019-2024')

  await page.goto('/tasks?status=0')
  await expect.poll(names).toEqual(['Billing, to be reviewed'])
})

test('columns are chosen and remembered', async () => {
  const page = await gw.signedIn()
  await page.getByRole('columnheader', { name: 'Creator' }).waitFor()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.locator('.el-popover').getByText('Creator').click()
  await page.getByRole('columnheader', { name: 'Creator' }).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('columnheader', { name: 'Status' }).waitFor()
  expect(await page.getByRole('columnheader', { name: 'Creator' }).count()).toBe(0)
})

test('several are deleted at once', async () => {
  for (const name of ['Superfluous one', 'Superfluous two']) await another(name)
  const page = await gw.signedIn()
  for (const name of ['one', 'two']) await page.getByRole('row', { name: `Superfluous ${name}` }).locator('.el-checkbox').click()
  await page.getByRole('button', { name: 'Delete selected' }).click()
  await page.getByRole('dialog').getByText('Delete the 2 selected tasks').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('Superfluous').first().waitFor({ state: 'detached' })
  await page.getByText('Billing, to be reviewed').waitFor()
})

test('an alert explains itself and is closed', async () => {
  const page = await gw.signedIn()
  const bell = page.getByRole('link', { name: /open alert/ })
  await bell.click()
  await page.getByRole('heading', { name: 'Alerts' }).waitFor()
  await page.getByRole('row', { name: /Archive 2019-2024/ }).getByText(/GW\d{4}/).waitFor()
  await page.locator('.el-table__expand-icon').first().click()
  await page.getByText('What to do').first().waitFor()
  const before = await until(async () => (await gw.api.call('GET', '/api/v1/alerts/count')).open, 'an alert is open')
  await page.getByRole('button', { name: 'Close', exact: true }).first().click()
  await until(async () => (await gw.api.call('GET', '/api/v1/alerts/count')).open === before - 1, 'it is closed')
  if (before === 1) {
    await page.getByText('No open alerts').first().waitFor()
    await page.locator('.bell .count').waitFor({ state: 'detached' })
  }
})

test('who may only look is offered nothing else', async () => {
  await gw.api.call('POST', '/api/v1/accounts', { name: 'vera', password: 'given at first', role: 'viewer' })
  const page = await gw.page()
  await page.goto('/')
  await page.getByLabel('User name').fill('vera')
  await page.getByLabel('Password', { exact: true }).fill('given at first')
  await page.keyboard.press('Enter')
  await page.getByLabel('Current password').fill('given at first')
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('New password again').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('row', { name: 'Billing' }).getByRole('button', { name: 'Details' }).waitFor()
  expect(await page.getByRole('button', { name: /^(New task|Start|Delete.*|Reset|Copy|More)$/ }).count()).toBe(0)
  expect(await page.getByRole('checkbox').count()).toBe(0)
  await page.goto('/tasks/new')
  await page.getByText('takes a higher role').or(page.getByText('no such page')).waitFor()
})

test('no serious barrier for those who use it in another way', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await gw.signedIn({ colorScheme })
    for (const path of ['/tasks', '/alerts', '/profile']) {
      await page.goto(path)
      expect(await barriers(page)).toEqual([])
    }
  }
})
