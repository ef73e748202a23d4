// Are all words there? Fails when the two languages do not have the same keys, when a page asks for a key there is not, when nobody asks
// for a key, and when a template or a script has words of its own.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'vue/compiler-sfc'
import ts from 'typescript'

const src = fileURLToPath(new URL('../src', import.meta.url))
const problems = []

function files(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : [join(dir, e.name)]))
}

// ---- keys of a language: area.name.name -> text ----

async function words(language) {
  const out = new Map()
  for (const file of files(join(src, 'i18n', language))) {
    const code = ts.transpile(readFileSync(file, 'utf8'), { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 })
    const { default: messages } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
    const take = (path, value) => {
      if (typeof value === 'string') out.set(path, value)
      else for (const [name, inner] of Object.entries(value)) take(`${path}.${name}`, inner)
    }
    take(/([^/]+)\.ts$/.exec(file)[1], messages)
  }
  return out
}

const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()

const [zh, en] = [await words('zh'), await words('en')]
for (const key of new Set([...zh.keys(), ...en.keys()])) {
  if (!zh.has(key)) problems.push(`i18n/zh lacks ${key}`)
  else if (!en.has(key)) problems.push(`i18n/en lacks ${key}`)
  else if (placeholders(zh.get(key)) !== placeholders(en.get(key))) problems.push(`${key} has other placeholders in the other language`)
}

// ---- what pages ask for ----

const used = new Set()
const beginnings = []
const areas = new Set([...en.keys()].map((key) => key.split('.')[0]))

function askedFor(code, where) {
  for (const [, key] of code.matchAll(/\b(?:t|te)\(\s*['"`]([\w.]+)['"`]/g)) {
    used.add(key)
    if (!en.has(key)) problems.push(`${where}: there is no ${key}`)
  }
  // t(`shell.roles.${role}`): all that begins like it.
  for (const [, key] of code.matchAll(/\b(?:t|te)\(\s*`([\w.]+)\$\{/g)) beginnings.push(key)
  // Keys that go through a variable stand there as texts: { label: 'tasks.name' }.
  for (const [, key] of code.matchAll(/['"`]([a-zA-Z]+(?:\.\w+)+)['"`]/g)) if (areas.has(key.split('.')[0])) used.add(key)
}

// ---- words outside i18n ----

const LETTERS = /\p{L}{2,}/u
const CHINESE = /\p{Script=Han}/u
const SPOKEN = new Set(['title', 'placeholder', 'label', 'aria-label', 'alt', 'content', 'description', 'text', 'hint', 'lead', 'message'])
const NAMES = new Set(['Godwit']) // the same in every language

function templateWords(node, where) {
  if (node.type === 2 /* text */ && LETTERS.test(node.content) && !NAMES.has(node.content.trim())) {
    problems.push(`${where}:${node.loc.start.line}: "${node.content.trim()}" is not in i18n`)
  }
  for (const prop of node.props ?? []) {
    if (prop.type === 6 /* attribute */ && SPOKEN.has(prop.name) && LETTERS.test(prop.value?.content ?? '')) {
      problems.push(`${where}:${prop.loc.start.line}: ${prop.name}="${prop.value.content}" is not in i18n`)
    }
  }
  for (const child of node.children ?? []) templateWords(child, where)
  for (const branch of node.branches ?? []) templateWords(branch, where)
}

// Languages are called by their own names; errors that the server cannot send are made in the console.
const OWN_WORDS = new Set(['layout/TopBar.vue', 'api/errors.ts'])

for (const file of files(src)) {
  const where = relative(src, file)
  if (where.startsWith('i18n/') || where.endsWith('.test.ts') || where.endsWith('.d.ts') || !/\.(vue|ts)$/.test(where)) continue
  const code = readFileSync(file, 'utf8')
  askedFor(code, where)
  if (CHINESE.test(code) && !OWN_WORDS.has(where)) problems.push(`${where}: Chinese outside i18n`)
  if (where.endsWith('.vue')) {
    const ast = parse(code).descriptor.template?.ast
    if (ast) templateWords(ast, where)
  }
}

// Titles of pages are asked for by the name of the route.
for (const [, name] of readFileSync(join(src, 'router/routes.ts'), 'utf8').matchAll(/name: '(\w+)'/g)) {
  used.add(`pages.${name}`)
  if (!en.has(`pages.${name}`)) problems.push(`the page ${name} has no title: pages.${name}`)
}
// The common words are there for everybody, used or not.
for (const key of en.keys()) {
  if (!used.has(key) && !/^(pages|common)\./.test(key) && !beginnings.some((b) => key.startsWith(b))) problems.push(`nobody asks for ${key}`)
}

for (const problem of problems) console.log(problem)
console.log(problems.length === 0 ? `${en.size} texts in two languages` : `${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)
