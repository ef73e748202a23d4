// Data sources, accounts, tokens, the audit log, settings and webhooks.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { barriers } from './barriers'
import { choose, databases, sql, until, useGodwit } from './harness'

const gw = useGodwit()

test('data sources are looked into, tested, changed and deleted', { timeout: 90_000 }, async () => {
  sql(databases.source, 'CREATE DATABASE IF NOT EXISTS looked_into; CREATE TABLE IF NOT EXISTS looked_into.item (id INT PRIMARY KEY);')
  await gw.api.dataSource('the shop', databases.source)
  await gw.api.dataSource('nowhere', { ...databases.target, port: 1 })
  await until(async () => (await gw.api.call('GET', '/api/v1/machines')).items.some((m: any) => m.state === 'online'), 'the local machine is online')
  const page = await gw.signedIn()
  await page.goto('/data-sources')
  const row = (name: string) => page.getByRole('row', { name })
  await row('the shop').getByRole('button', { name: 'Browse' }).click()
  const drawer = page.getByRole('dialog', { name: 'the shop' })
  await drawer.getByRole('treeitem', { name: /looked_into/ }).locator('.el-tree-node__expand-icon').click()
  await drawer.getByRole('treeitem', { name: /^item/ }).waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })

  await row('nowhere').getByRole('button', { name: 'Test' }).click()
  await page.getByRole('dialog', { name: 'nowhere' }).getByText('Cannot be reached').waitFor()
  await page.keyboard.press('Escape')

  await row('nowhere').getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog', { name: 'Edit data source' })
  await dialog.getByLabel('Port').fill(String(databases.target.port))
  await dialog.getByRole('button', { name: 'Test connection' }).click() // with the password that is kept
  await dialog.getByText(/^Connected/).waitFor()
  await dialog.getByLabel('Name').fill('somewhere')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await row('somewhere').getByText(`:${databases.target.port}`).waitFor()

  await row('somewhere').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await row('somewhere').waitFor({ state: 'detached' })
})

test('accounts, their roles and passwords', async () => {
  const page = await gw.signedIn()
  await page.goto('/accounts')
  await page.getByRole('button', { name: 'Add account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add account' })
  await dialog.getByLabel('Name').fill('otto')
  await dialog.getByLabel('First password').fill('given at first')
  await dialog.getByRole('button', { name: 'Create' }).click()
  const otto = page.getByRole('row', { name: /otto/ })
  await otto.getByText('Needs a new password').waitFor()
  await choose(page, 'Role of otto', 'Viewer')
  await until(async () => (await gw.api.call('GET', '/api/v1/accounts?name=otto')).items[0].role === 'viewer', 'the role is changed')

  await otto.getByRole('button', { name: 'New password' }).click()
  await page.getByRole('dialog', { name: 'New password' }).getByLabel('First password').fill('given once more')
  await page.getByRole('dialog', { name: 'New password' }).getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog', { name: 'New password' }).waitFor({ state: 'hidden' })
  const other = await gw.page()
  await other.goto('/sign-in')
  await other.getByLabel('User name').fill('otto')
  await other.getByLabel('Password', { exact: true }).fill('given once more')
  await other.keyboard.press('Enter')
  await other.getByLabel('Current password').waitFor()

  await otto.getByRole('button', { name: 'Disable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click()
  await otto.getByText('Disabled').waitFor()
  expect(await page.getByRole('row', { name: /admin/ }).getByRole('button').count()).toBe(0)
})

test('a token is shown once, works, and is revoked', async () => {
  const page = await gw.signedIn()
  await page.goto('/tokens')
  await page.getByRole('button', { name: 'Make the first token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a token' })
  await dialog.getByLabel('Name').fill('metrics')
  await dialog.getByRole('button', { name: 'Create' }).click()
  const token = (await dialog.locator('code').innerText()).trim()
  const ask = () => fetch(`${gw.url}/api/v1/tasks`, { headers: { Authorization: `Bearer ${token}` } })
  expect((await ask()).status).toBe(200)
  await dialog.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('row', { name: /metrics/ }).waitFor()
  expect(await page.getByText(token).count()).toBe(0)
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('No token yet').waitFor()
  expect((await ask()).status).toBe(401)
})

test('the audit log is searched', async () => {
  await gw.api.call('POST', '/api/v1/accounts', { name: 'audited', password: 'given at first', role: 'viewer' })
  const page = await gw.signedIn()
  await page.goto('/audit')
  await page.getByRole('textbox', { name: 'Object' }).fill('account audited')
  await page.keyboard.press('Enter')
  const row = page.getByRole('row', { name: /account audited/ })
  await row.getByText('POST /api/v1/accounts').waitFor()
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  expect(page.url()).toContain('object=')
  await page.getByText('Refused or failed only').click()
  await page.getByText('Nothing like this was done').waitFor()
})

test('settings are changed and restored; a webhook is tested', async () => {
  const heard: string[] = []
  const listener = createServer((request, response) => {
    heard.push(String(request.headers['user-agent']))
    response.end()
  })
  await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready))
  try {
    const page = await gw.signedIn()
    await page.goto('/settings')
    const [setting] = (await gw.api.call('GET', '/api/v1/settings')).items
    const field = page.locator(`#setting-${setting.name}`)
    await field.fill(String(setting.value + 1))
    await field.blur()
    await page.getByRole('button', { name: 'Save' }).click()
    await until(async () => (await gw.api.call('GET', '/api/v1/settings')).items[0].value === setting.value + 1, 'it is saved')

    await page.getByRole('button', { name: 'Add webhook' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add webhook' })
    await dialog.getByLabel('Name').fill('pager')
    await dialog.getByLabel('URL').fill(`http://127.0.0.1:${(listener.address() as AddressInfo).port}/`)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('row', { name: /pager/ }).getByRole('button', { name: 'Test' }).click()
    await page.getByText('It answered 200').waitFor()
    expect(heard.length).toBeGreaterThan(0)
  } finally {
    listener.close()
  }
})

test('no serious barrier for those who use it in another way', { timeout: 90_000 }, async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await gw.signedIn({ colorScheme })
    for (const path of ['/data-sources', '/accounts', '/tokens', '/audit', '/settings', '/tasks/new']) {
      await page.goto(path)
      expect(await barriers(page)).toEqual([])
    }
  }
})
