// The whole way, as one person goes it, in Chinese: the first password, an execution machine over SSH, two data sources, a task through the
// wizard that runs there, a table that fails, is mended and tried again, the check, the log, a command in the web shell, English, dark, out.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { databases, PASSWORD, pick, sql, sshd, useGodwit, type DatabaseServer } from './harness'

const gw = useGodwit({ fresh: true })
beforeAll(() => {
  sql(databases.source, [
    'DROP DATABASE IF EXISTS journey', 'CREATE DATABASE journey CHARACTER SET utf8mb4', 'USE journey',
    'CREATE TABLE customer (id INT PRIMARY KEY, name VARCHAR(40))', "INSERT INTO customer VALUES (1, 'Ada'), (2, '李雷')",
    'CREATE TABLE visit (id INT PRIMARY KEY, day DATE)', "SET sql_mode = '', cte_max_recursion_depth = 100000",
    // Behind the rows that a precheck looks at.
    "INSERT INTO visit WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < 30000) SELECT v, IF(v = 29000, '0000-00-00', '2026-01-02') FROM n",
  ].join(';\n') + ';')
  sql(databases.target, 'DROP DATABASE IF EXISTS journey')
  sql(databases.target, 'CREATE DATABASE journey')
})

async function addDataSource(page: Page, name: string, kind: string, server: DatabaseServer): Promise<void> {
  await page.getByRole('button', { name: /新增(第一个)?数据源/ }).first().click()
  const dialog = page.getByRole('dialog', { name: '新增数据源' })
  await dialog.getByText(kind, { exact: true }).click()
  await dialog.getByLabel('名称').fill(name)
  await dialog.getByLabel('主机').fill(server.host)
  await dialog.getByLabel('端口').fill(String(server.port))
  await dialog.getByLabel('用户名').fill(server.user)
  await dialog.getByLabel('密码').fill(server.password)
  await dialog.getByRole('button', { name: '测试连接' }).click()
  await dialog.getByText(/^连接成功/).waitFor()
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name }).waitFor()
}

const menu = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
const stage = (page: Page, name: string) => page.getByRole('list', { name: '迁移阶段' }).getByRole('listitem').filter({ hasText: name })

test.skipIf(sshd === null)('from the first password to the last look', { timeout: 300_000 }, async () => {
  const machine = sshd!
  const page = await gw.page({ locale: 'zh-CN' })
  await page.goto('/')
  await page.getByLabel('用户名').fill('admin')
  await page.getByLabel('密码', { exact: true }).fill(gw.firstPassword)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByLabel('当前密码').fill(gw.firstPassword)
  await page.getByLabel('新密码', { exact: true }).fill(PASSWORD)
  await page.getByLabel('再次输入新密码').fill(PASSWORD)
  await page.getByRole('button', { name: '修改密码' }).click()
  await page.getByText('还没有迁移任务').waitFor()

  // A machine: its key is looked at, compared, confirmed; the kit goes there.
  await menu(page, '执行机')
  await page.getByRole('button', { name: '新增执行机' }).click()
  const dialog = page.getByRole('dialog', { name: '新增执行机' })
  await dialog.getByLabel('名称').fill('机房一')
  await dialog.getByLabel('主机', { exact: true }).fill(machine.host)
  await dialog.getByLabel('端口').fill(String(machine.port))
  await dialog.getByLabel('用户', { exact: true }).fill(machine.user)
  await dialog.locator('input[type=password]').fill(machine.password)
  expect(await dialog.getByRole('button', { name: '新增', exact: true }).isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: '查看主机密钥' }).click()
  await dialog.getByText(machine.fingerprint).waitFor()
  await dialog.getByText('确认无误，今后信任此密钥').click()
  await dialog.getByRole('button', { name: '新增', exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('row', { name: /机房一/ }).getByText('在线').waitFor({ timeout: 60_000 })

  await menu(page, '数据源')
  await addDataSource(page, '老商城', databases.source.kind === 'mysql' ? 'MySQL' : 'MariaDB', databases.source)
  await addDataSource(page, '新集群', 'PostgreSQL', databases.target)

  // The wizard. What is by default is right; only the machine is chosen.
  await menu(page, '迁移任务中心')
  await page.getByRole('button', { name: '创建第一个任务' }).click()
  const side = (name: string) => page.getByRole('region', { name })
  await side('源端数据库').waitFor() // the list of tasks has a field of that name, too
  await page.getByLabel('任务名称').first().fill('商城上云')
  await side('源端数据库').getByRole('treeitem', { name: /journey/ }).getByRole('button', { name: '选择' }).click()
  await side('目的端数据库').getByRole('treeitem', { name: /journey/ }).first().getByRole('button', { name: '添加子任务' }).first().click()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByText('作用于所有子任务').waitFor()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('row', { name: /机房一/ }).locator('.el-checkbox').click()
  await page.getByText(/1 个子任务，执行机 1 台/).waitFor()
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByRole('button', { name: '执行预检查' }).click()
  await page.getByText(/未发现问题|\d+ 项警告/).first().waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: '创建并启动' }).click()

  // It runs on that machine; one table cannot be moved as it is, and says so.
  await page.getByRole('heading', { name: '商城上云' }).waitFor()
  const row = page.getByRole('row', { name: /journey\.journey/ })
  await row.getByText('机房一').waitFor()
  await row.getByText('GW2030').waitFor({ timeout: 60_000 })
  await row.getByRole('link', { name: 'journey', exact: true }).click()
  await page.getByRole('heading', { name: 'journey → journey.journey' }).waitFor()
  await page.getByRole('tab', { name: '迁移对象' }).click()
  await page.getByRole('button', { name: 'visit', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'visit' })
  await drawer.getByText('row id=29000').waitFor()
  await drawer.getByText('建议').waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })

  // Mended at the source, and tried again: what changed there is read again. It finishes; both sides are the same.
  sql(databases.source, "UPDATE visit SET day = '2026-01-02' WHERE id = 29000;", 'journey')
  await page.getByRole('button', { name: '重试', exact: true }).click()
  await stage(page, '迁移完成').getByText('已完成').waitFor({ timeout: 60_000 })
  await page.getByRole('tab', { name: '校验结果' }).click()
  await page.getByText('所有表都一致').waitFor()
  expect(sql(databases.target, 'SELECT name FROM journey.customer ORDER BY id', 'journey').trim().split('\n')).toEqual(['Ada', '李雷'])

  await page.getByRole('tab', { name: '日志' }).click()
  await page.getByRole('region', { name: '日志' }).getByRole('textbox', { name: '搜索日志' }).fill('zero-date')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: '日志' }).getByRole('button', { name: /zero-date/ }).first().waitFor()

  // A shell on the machine it ran on, from the subtask's own page.
  await page.getByRole('tab', { name: '概览' }).click()
  await page.getByTitle('打开 机房一 的终端').first().click()
  await page.getByText('已连接').waitFor()
  await page.locator('.xterm').click()
  await page.keyboard.type('echo $((6 * 7)) is $(id -un)\n')
  await page.locator('.xterm-rows').getByText(`42 is ${machine.user}`).waitFor()
  await page.keyboard.type('exit\n')
  await page.getByText('终端已结束，退出码 0').waitFor()

  await page.getByRole('button', { name: '语言' }).click()
  await pick(page, 'English')
  await page.getByRole('heading', { name: 'Terminal on 机房一' }).waitFor()
  await page.getByRole('button', { name: 'Theme' }).click()
  await pick(page, 'Dark')
  await expect.poll(() => page.locator('html').getAttribute('class')).toContain('dark')
  await page.getByRole('button', { name: 'Account' }).click()
  await pick(page, 'Sign out')
  await page.getByRole('heading', { name: 'Sign in to Godwit' }).waitFor()
})
