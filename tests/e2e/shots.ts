// ./dev shots: a picture of every page in both themes and languages, into build/shots. Pages come from the console's own list; what
// stands for :id, and other states worth a picture, is said here.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, test } from 'vitest'
import { existing } from '@/router/routes'
import { databases, PASSWORD, sql, until, useGodwit } from './harness'
import { makeScene, type Scene } from './scene'

const OUT = join(import.meta.dirname, '../../build/shots')
const WIDTHS = (process.env.SHOTS_WIDTHS ?? '1280').split(',').map(Number)
const ONLY = process.env.SHOTS_ONLY

/** What stands for :id in the address of a page; several: several pictures. */
function addresses(name: string, path: string, scene: Scene): Record<string, string> {
  const fill = (id: number) => path.replace(/:id[^/]*/, String(id))
  const ids: Record<string, { [state: string]: number | undefined }> = {
    task: { running: scene.tasks.running, following: scene.tasks.following, finished: scene.tasks.finished, failed: scene.tasks.failed },
    taskEdit: { '': scene.tasks.notStarted },
    subtask: { ...scene.subtasks },
    machine: { '': scene.machine },
    terminal: { '': scene.machine },
  }
  const found = ids[name]
  if (!found) return { [name]: path }
  const tabs = (name: string, of: Record<string, number>) => Object.entries(of).map(([tab, id]) => [`${name}-${tab}`, `${fill(id)}?tab=${tab.split('-')[0]}`])
  const { finished, running, failed } = scene.subtasks
  const more = {
    task: tabs('task', { params: scene.tasks.running, operations: scene.tasks.running }),
    subtask: tabs('subtask', { objects: running, 'objects-failed': failed, check: finished, precheck: finished, report: finished, params: running, alerts: failed, log: running }),
  }[name] ?? []
  return Object.fromEntries([...Object.entries(found).map(([state, id]) => [state ? `${name}-${state}` : name, fill(id!)]), ...more])
}

/** Until the page has what it wants to show. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => {})
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached', timeout: 5000 }).catch(() => {})
  await page.waitForTimeout(350) // of what moves
}

const gw = useGodwit()
let scene: Scene
beforeAll(async () => {
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })
  scene = await makeScene(gw, { follow: true })
  // Something for the check to find.
  sql(databases.target, "UPDATE shop.customer SET city = 'Bergen' WHERE id < 4; DELETE FROM shop.order_3 WHERE id = 7;", 'scene')
  const one = `/api/v1/subtasks/${scene.subtasks.finished}`
  await until(() => gw.api.call('POST', `${one}/check/again`).catch(() => undefined), 'it is checked again')
  await until(async () => (await gw.api.call('GET', one)).status === 100, 'it has been checked')
}, 180_000)

for (const language of ['zh-CN', 'en-US']) {
  for (const theme of ['light', 'dark'] as const) {
    test(`${language} ${theme}`, { timeout: 600_000 }, async () => {
      for (const width of WIDTHS) {
        const page = await gw.page({ locale: language, colorScheme: theme, viewport: { width, height: width < 1000 ? 1024 : Math.round((width * 10) / 16) } })
        const shoot = async (name: string) => {
          if (ONLY && !name.includes(ONLY)) return
          await settled(page)
          const size = WIDTHS.length > 1 ? `-${width}` : ''
          await page.screenshot({ path: join(OUT, `${name}-${language.slice(0, 2)}-${theme}${size}.png`) })
        }
        await page.goto('/sign-in')
        await page.locator('[name=username]').waitFor()
        await shoot('signIn')
        await page.locator('[name=username]').fill('admin')
        await page.locator('[name=password]').fill(PASSWORD)
        await page.keyboard.press('Enter')
        await page.waitForURL('**/tasks')
        for (const route of existing().filter((r) => !r.bare)) {
          for (const [name, path] of Object.entries(addresses(route.name, route.path, scene))) {
            if (ONLY && !name.includes(ONLY)) continue
            await page.goto(path)
            await shoot(name)
          }
        }
      }
    })
  }
}
