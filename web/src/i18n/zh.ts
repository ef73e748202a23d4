import { areas } from './areas'

export default areas(import.meta.glob<Record<string, unknown>>('./zh/*.ts', { eager: true, import: 'default' }))
