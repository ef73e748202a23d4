// A server with something of everything on it, for pictures and for tests that only look: a finished task, one that runs, one that follows
// changes, a failed one, and one that was never started.
import { databases, sql, sshd, until, type Godwit } from './harness'

export interface Scene {
  tasks: { finished: number; running: number; following?: number; failed: number; notStarted: number }
  subtasks: { finished: number; running: number; following?: number; failed: number }
  machine: number
}

const DIGITS = '(SELECT 0 n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)'

/** A machine over SSH, with the kit on it. */
async function addMachine({ api }: Godwit): Promise<number | null> {
  if (sshd === null) return null
  const { host, port, user: username, password } = sshd
  const { fingerprint } = await api.call('POST', '/api/v1/machines/host-key', { host, port })
  const { id } = await api.call('POST', '/api/v1/machines', { name: 'rack 7', host, port, username, password, host_key: fingerprint, directory: 'godwit', install: true })
  await until(async () => (await api.call('GET', `/api/v1/machines/${id}`)).state === 'online', 'the machine over SSH is online')
  return id
}

/** A database of a shop on the source. */
function shop(name: string, tables: number): void {
  const statements = [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`, `USE ${name}`]
  statements.push('CREATE TABLE customer (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(80) NOT NULL, city VARCHAR(40), since DATETIME, KEY (city))')
  statements.push(`INSERT INTO customer (name, city, since) SELECT CONCAT('customer ', a.n, b.n, c.n), ELT(1 + c.n % 4, 'Oslo', '北京', 'Lima', 'Pune'), '2025-01-01' + INTERVAL a.n * b.n DAY FROM ${DIGITS} a, ${DIGITS} b, ${DIGITS} c`)
  for (let i = 1; i < tables; i++) {
    statements.push(`CREATE TABLE order_${i} (id BIGINT PRIMARY KEY, customer_id INT, amount DECIMAL(12,2), note TEXT)`)
    statements.push(`INSERT INTO order_${i} SELECT a.id, a.id, a.id * 1.25, REPEAT('x', 400) FROM customer a`)
  }
  statements.push('CREATE VIEW customer_of_oslo AS SELECT id, name FROM customer WHERE city = \'Oslo\'')
  sql(databases.source, statements.join(';\n') + ';')
}

/** A database that goes on being written to, by an event of its own. */
function live(name: string): void {
  const some = 'FLOOR(RAND() * 40)'
  sql(databases.source, [
    `DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`, `USE ${name}`, 'SET GLOBAL event_scheduler = ON',
    'CREATE TABLE payment (id BIGINT PRIMARY KEY AUTO_INCREMENT, amount DECIMAL(12,2), state VARCHAR(20), note TEXT)',
    'CREATE TABLE account (id INT PRIMARY KEY AUTO_INCREMENT, owner VARCHAR(40), balance DECIMAL(14,2))',
    `INSERT INTO account (owner, balance) SELECT CONCAT('owner ', a.n, b.n, c.n), 1000 FROM ${DIGITS} a, ${DIGITS} b, ${DIGITS} c`,
    `INSERT INTO payment (amount, state, note) SELECT id, 'new', REPEAT('y', 200) FROM account`,
    `CREATE EVENT shopping ON SCHEDULE EVERY 1 SECOND DO BEGIN
       INSERT INTO payment (amount, state, note) SELECT id, 'new', REPEAT('z', 200) FROM account WHERE id % 10 = 1 AND id < 400 + 10 * ${some};
       UPDATE account SET balance = balance - 1 WHERE id % 7 = 1 AND id < 400 + 10 * ${some};
     END`,
  ].join(' //\n'), undefined, '//')
}

/** follow: also a task that follows changes, which takes the room of one more subtask, and a machine over SSH. */
export async function makeScene(gw: Godwit, o: { follow?: boolean } = {}): Promise<Scene> {
  shop('shop', 8)
  shop('warehouse', 12)
  shop('archive', 3)
  if (o.follow) live('payments')
  sql(databases.source, "CREATE TABLE archive.scan (id INT PRIMARY KEY, day DATE); SET sql_mode = ''; INSERT INTO archive.scan VALUES (1, '0000-00-00'), (2, '2025-02-03');")
  for (const name of ['scene', 'scene_warehouse', 'scene_live']) sql(databases.target, `DROP DATABASE IF EXISTS ${name}`), sql(databases.target, `CREATE DATABASE ${name}`)

  const api = gw.api
  const source = (await api.dataSource('shop of the north', databases.source)).id
  const target = (await api.dataSource('cluster of tomorrow', databases.target)).id
  const machine = await until(async () => (await api.call('GET', '/api/v1/machines')).items.find((m: any) => m.state === 'online'), 'the local machine is online')
  const one = (database: string, targetDatabase: string) => ({ source_id: source, source_database: database, target_id: target, target_database: targetDatabase, target_schema: database, mode: 1 })
  const task = async (name: string, subtasks: object[], start: boolean, params: object = {}) =>
    (await api.call('POST', '/api/v1/tasks', { name, subtasks, machines: [], params, start })).id as number
  const first = async (id: number) => (await api.call('GET', `/api/v1/tasks/${id}/subtasks`)).items[0]

  const finished = await task('Shop to the new cluster', [one('shop', 'scene')], true)
  const failed = await task('Archive 2019-2024', [one('archive', 'scene')], true, { precheck: false })
  await until(async () => [100, 500].includes((await first(finished)).status), 'the shop is moved')
  await until(async () => [100, 500].includes((await first(failed)).status), 'the archive has failed')
  const running = await task('Warehouse, nightly rehearsal', [one('warehouse', 'scene_warehouse')], true, { 'rate-limit': '12kB', 'chunk-size': '64kB', jobs: 2 })
  await until(async () => (await first(running)).status === 2, 'the warehouse is on its way')
  let following: number | undefined
  if (o.follow) {
    const live = (following = await task('Payments, cut-over on Sunday', [{ ...one('payments', 'scene_live'), mode: 2 }], true))
    await until(async () => (await first(live)).status === 8, 'payments are followed')
  }
  const notStarted = await task('Billing, to be reviewed', [one('shop', 'scene_warehouse'), one('archive', 'scene_warehouse')], false)

  const id = async (of: number) => (await first(of)).id as number
  return {
    tasks: { finished, running, following, failed, notStarted },
    subtasks: { finished: await id(finished), running: await id(running), following: following && (await id(following)), failed: await id(failed) },
    machine: (o.follow ? await addMachine(gw) : null) ?? machine.id,
  }
}
