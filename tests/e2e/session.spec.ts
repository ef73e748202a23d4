// The first minutes: sign in, a new password, an empty task centre, the other language, the other theme, out again.
import { expect, test } from 'vitest'
import { PASSWORD, pick, useGodwit } from './harness'

const gw = useGodwit({ fresh: true })

test('the first minutes', async () => {
  const page = await gw.page()
  await page.goto('/tasks?status=1')
  await page.getByRole('heading', { name: 'Sign in to Godwit' }).waitFor()

  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill('not this one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('GW1060').waitFor()

  await page.getByLabel('Password', { exact: true }).fill(gw.firstPassword)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await page.goto('/tasks') // there is no way around it
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()

  await page.getByLabel('Current password').fill(gw.firstPassword)
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('New password again').fill('something else')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('The two are not the same').waitFor()
  await page.getByLabel('New password again').fill(PASSWORD)
  await page.getByRole('button', { name: 'Change password' }).click()

  await page.getByRole('heading', { name: 'Task centre' }).waitFor()
  await page.getByText('No migration tasks yet').waitFor()
  await page.getByRole('button', { name: 'Create the first task' }).waitFor()

  await page.getByRole('button', { name: 'Language' }).click()
  await pick(page, '中文')
  await page.getByRole('heading', { name: '迁移任务中心' }).waitFor()
  await page.getByText('还没有迁移任务').waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')

  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  const light = await ground()
  await page.getByRole('button', { name: '主题' }).click()
  await pick(page, '深色')
  await expect.poll(ground).not.toBe(light)
  const dark = await ground()

  await page.reload() // both are remembered
  await page.getByRole('heading', { name: '迁移任务中心' }).waitFor()
  expect(await ground()).toBe(dark)

  await page.getByRole('button', { name: '账号' }).click()
  await pick(page, '退出登录')
  await page.getByRole('heading', { name: '登录 Godwit' }).waitFor()
  await page.goto('/tasks')
  await page.getByRole('heading', { name: '登录 Godwit' }).waitFor()
})

test('who comes for a page signs in and gets there', async () => {
  const page = await gw.page()
  await page.goto('/profile')
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Profile' }).waitFor()

  // The session ends elsewhere: the next question, of whomever, leads to sign-in, and then back to where they were.
  await page.context().clearCookies()
  await page.evaluate(() => document.querySelector<HTMLElement>('nav a[href="/tasks"]')?.click())
  await page.getByText('Your session is over').waitFor()
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /Task centre|Profile/ }).waitFor()
})

test('it follows the system until something is chosen', async () => {
  const page = await gw.page({ locale: 'zh-CN', colorScheme: 'dark' })
  await page.goto('/')
  await page.getByRole('heading', { name: '登录 Godwit' }).waitFor()
  expect(await page.locator('html').getAttribute('class')).toContain('dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(() => page.locator('html').getAttribute('class')).not.toContain('dark')
})

test('a server that goes away and comes back', async () => {
  const page = await gw.page()
  await page.goto('/')
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByText('No migration tasks yet').waitFor()
  await gw.serve.stop('SIGKILL')
  await page.getByText('The connection to the server is lost').waitFor()
  await gw.serve.start()
  await page.getByText('The connection to the server is lost').waitFor({ state: 'hidden' })
  await page.getByText('No migration tasks yet').waitFor() // without a reload
})

test('a page whose files are gone is fetched anew', async () => {
  const page = await gw.page()
  await page.goto('/')
  await page.getByLabel('User name').fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  // As after an upgrade of the server: what this page was made of is not there any more.
  let gone = 0
  await page.route('**/assets/TaskCentre-*.js', (route) => (gone++ === 0 ? route.fulfill({ status: 404 }) : route.continue()))
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Task centre' }).waitFor()
  expect(gone).toBeGreaterThan(1)
})
