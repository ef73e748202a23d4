// What would keep people out who use a page in another way, by axe-core.
import type { Result } from 'axe-core'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const AXE = readFileSync(new URL('../../web/node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

/** Serious and critical ones on the page as it is. */
export async function barriers(page: Page): Promise<string[]> {
  await page.waitForLoadState('networkidle').catch(() => {}) // a page with a live stream may never be idle
  await page.evaluate(AXE)
  const found = await page.evaluate(async () => (await (window as any).axe.run()).violations as Result[])
  return found
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${new URL(page.url()).pathname}: ${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join('\n')}`)
}
