import { HOME } from './routes'

/** Where somebody wanted to go before they had to sign in: a page of ours, nothing else. */
export function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : HOME
}
