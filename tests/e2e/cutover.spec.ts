// An online migration to its end and back: followed, looked at, cut over, changes of the target that flow back, and taken back.
import { beforeAll, expect, test } from 'vitest'
import { barriers } from './barriers'
import { databases, sql, until, useGodwit } from './harness'

const gw = useGodwit()
let subtask: number

beforeAll(async () => {
  sql(databases.source, [
    'DROP DATABASE IF EXISTS moving_on', 'CREATE DATABASE moving_on', 'USE moving_on',
    'CREATE TABLE account (id INT PRIMARY KEY AUTO_INCREMENT, owner VARCHAR(40))', "INSERT INTO account (owner) VALUES ('ann'), ('bo'), ('cy')",
  ].join(';\n') + ';')
  sql(databases.target, 'DROP DATABASE IF EXISTS moving_on')
  sql(databases.target, 'CREATE DATABASE moving_on')
  const ends = { source_id: (await gw.api.dataSource('the old bank', databases.source)).id, target_id: (await gw.api.dataSource('the new bank', databases.target)).id }
  await until(async () => (await gw.api.call('GET', '/api/v1/machines')).items.some((m: any) => m.state === 'online'), 'the local machine is online')
  const one = { ...ends, source_database: 'moving_on', target_database: 'moving_on', target_schema: 'bank', mode: 2 }
  const { id } = await gw.api.call('POST', '/api/v1/tasks', { name: 'The bank moves', subtasks: [one], machines: [], params: {} })
  await gw.api.call('POST', `/api/v1/tasks/${id}/start`)
  subtask = (await gw.api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items[0].id
  await until(async () => (await gw.api.call('GET', `/api/v1/subtasks/${subtask}`)).status === 8, 'it follows')
}, 120_000)

test('a cut-over, and back', { timeout: 180_000 }, async () => {
  const page = await gw.signedIn()
  await page.goto(`/subtasks/${subtask}`)
  const stage = (name: string) => page.getByRole('list', { name: 'Stages' }).getByRole('listitem').filter({ hasText: name })
  const card = page.getByRole('region', { name: 'Cut-over' })
  await stage('Incremental').getByText('In progress').waitFor()

  // Looked at before anything happens.
  await page.getByRole('button', { name: 'Cut over', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /^Cut over moving_on/ })
  await dialog.getByText('Nothing stands in the way.').waitFor()
  await dialog.getByText('I have stopped all writes').click()
  await dialog.getByText('Nothing stands in the way.').waitFor()
  expect(await barriers(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Cut over' }).click()

  // Other tests write to the same server, which is what it refuses; then it is tried once more.
  for (let tries = 0; tries < 20; tries++) {
    const made = stage('Reverse').getByText('In progress')
    await made.or(card.getByText('Not made: everything is as it was before.')).first().waitFor({ timeout: 60_000 })
    if (await made.isVisible()) break
    await card.getByText('GW1027').waitFor()
    await gw.api.call('POST', `/api/v1/subtasks/${subtask}/cutover`, { fence: 'confirmed' })
    await until(async () => (await gw.api.call('GET', `/api/v1/subtasks/${subtask}`)).status !== 8, 'it is tried again')
    await card.getByText('It is being made.').waitFor()
  }
  await card.getByText('Made: the application writes to the target.').waitFor()
  await card.getByText('Downtime').waitFor()

  // What is written to the target flows back.
  sql(databases.target, "INSERT INTO bank.account (id, owner) VALUES (50, 'dee')", 'moving_on')
  await until(async () => sql(databases.source, 'SELECT owner FROM account WHERE id = 50;', 'moving_on').includes('dee'), 'it is in the source')
  const reverse = page.getByRole('region', { name: 'Reverse' })
  await reverse.getByText('Rows applied').waitFor()
  await expect.poll(async () => (await reverse.innerText()).replace(/\s+/g, ' ')).toMatch(/Rows applied 1|1 Rows applied/)

  await page.getByRole('button', { name: 'Undo the cut-over' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the cut-over' }).click()
  await card.getByText('Taken back: the application writes to the source.').waitFor({ timeout: 60_000 })
  await stage('Incremental').getByText('In progress').waitFor()
  sql(databases.source, "INSERT INTO account (owner) VALUES ('eve');", 'moving_on')
  await until(async () => sql(databases.target, "SELECT count(*) FROM bank.account WHERE owner = 'eve'", 'moving_on').trim() === '1', 'it is followed')

  // A definition that cannot be carried stops it; people say what is to be done.
  sql(databases.source, 'ALTER TABLE account MODIFY owner varbinary(40);', 'moving_on')
  await stage('Incremental').getByText('Failed').waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Try again' }).click()
  const question = page.getByRole('dialog', { name: /^Go on with moving_on/ })
  await question.getByText('GW3055').waitFor()
  await question.getByText('Run this SQL in the target instead, once').click()
  await question.getByRole('textbox', { name: 'SQL for the target' }).fill("ALTER TABLE bank.account ALTER COLUMN owner TYPE bytea\nUSING convert_to(owner, 'UTF8')")
  await question.getByRole('button', { name: 'Try again' }).click()
  await stage('Incremental').getByText('In progress').waitFor({ timeout: 60_000 })
  await gw.api.call('POST', `/api/v1/subtasks/${subtask}/finish`)
})
