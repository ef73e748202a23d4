import type { Role } from '@/api/types'

/** Each may do what those before it may. */
export const ROLES: Role[] = ['viewer', 'operator', 'admin']
