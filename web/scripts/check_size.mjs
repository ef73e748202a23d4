// How much JavaScript comes before the first page, compressed: the entry and all it imports, the largest of the pages a person
// may land on, and one language. Fails above the limit.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const LIMIT = 400_000
const FIRST_PAGES = ['src/views/tasks/TaskCentre.vue', 'src/views/session/SignIn.vue', 'src/views/tasks/TaskDetail.vue']
const LANGUAGE = 'src/i18n/zh.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))

function closure(key, into = new Set()) {
  if (!into.has(key)) {
    into.add(key)
    for (const next of manifest[key].imports ?? []) closure(next, into)
  }
  return into
}
const bytes = (key) => gzipSync(readFileSync(join(dist, manifest[key].file)), { level: 9 }).length

let worst = 0
for (const page of FIRST_PAGES.filter((p) => manifest[p])) {
  const chunks = [...closure('index.html'), ...closure(LANGUAGE), ...closure(page)]
  const total = [...new Set(chunks)].reduce((sum, key) => sum + bytes(key), 0)
  console.log(`${page}: ${(total / 1000).toFixed(1)} kB of JavaScript, compressed`)
  worst = Math.max(worst, total)
}
if (worst === 0 || worst > LIMIT) {
  console.log(`the limit is ${LIMIT / 1000} kB`)
  process.exit(1)
}
