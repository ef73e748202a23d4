// The kinds of database there are: their names, ports, and which end of a migration each can be.
import type { DataSource } from '@/api/types'

export type Kind = DataSource['kind']

/** Names of products: the same in every language. */
export const KINDS: { kind: Kind; name: string; port: number; side: 'source' | 'target' }[] = [
  { kind: 'mysql', name: 'MySQL', port: 3306, side: 'source' },
  { kind: 'mariadb', name: 'MariaDB', port: 3306, side: 'source' },
  { kind: 'opengauss', name: 'openGauss', port: 5432, side: 'target' },
  { kind: 'postgresql', name: 'PostgreSQL', port: 5432, side: 'target' },
]

export const kindOf = (kind: Kind) => KINDS.find((k) => k.kind === kind)!

/** As in a URL, where an IPv6 address stands in brackets. */
export function hostAndPort(source: { host: string; port: number }): string {
  return source.host.includes(':') ? `[${source.host}]:${source.port}` : `${source.host}:${source.port}`
}

/** The beginning of its URL: what a person knows it by. */
export function urlOf(source: Pick<DataSource, 'kind' | 'host' | 'port' | 'username'>): string {
  return `${source.kind}://${source.username}@${hostAndPort(source)}`
}
