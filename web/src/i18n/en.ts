import { areas } from './areas'

export default areas(import.meta.glob<Record<string, unknown>>('./en/*.ts', { eager: true, import: 'default' }))
