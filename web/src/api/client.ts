// The API over fetch, typed by its description: `await get('/api/v1/tasks/{id}', { path: { id } })`.
// What fails is thrown as an ApiError. Knows nothing of pages or stores: they set the two hooks below.
import { ApiError, noAnswer } from './errors'
import type { paths } from './schema'
import type { ErrorBody } from './types'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathsOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths]
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never

type PathOf<O> = O extends { parameters: { path: infer X } } ? { path: X } : { path?: undefined }
type QueryOf<O> = O extends { parameters: { query?: infer X } } ? { query?: X } : { query?: undefined }
type BodyOf<O> = O extends { requestBody?: unknown } ? Body<O['requestBody']> : { body?: undefined }
type Body<R> = [NonNullable<R>] extends [{ content: { 'application/json': infer X } }]
  ? [NonNullable<R>] extends [never] ? { body?: undefined } : undefined extends R ? { body?: X } : { body: X }
  : { body?: undefined }
type Options<O> = PathOf<O> & QueryOf<O> & BodyOf<O> & { signal?: AbortSignal }
type Given<O> = Record<never, never> extends Options<O> ? [options?: Options<O>] : [options: Options<O>]

type ContentOf<R> = R extends { content: { 'application/json': infer X } } ? X : R extends { content: { 'text/plain': infer X } } ? X : void
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? ContentOf<R[keyof R & (200 | 201 | 204)]> : never

interface Hooks {
  /** Sent with each request that changes something. */
  csrf: string
  /** The session is over: sign in again. */
  signedOut: () => void
}
export const hooks: Hooks = { csrf: '', signedOut: () => {} }

export const get = method('get')
export const post = method('post')
export const put = method('put')
export const patch = method('patch')
export const del = method('delete')

function method<M extends Method>(m: M) {
  return async <P extends PathsOf<M>>(path: P, ...given: Given<Operation<P, M>>): Promise<Answer<P, M>> => {
    const options = (given[0] ?? {}) as { path?: object; query?: object; body?: unknown; signal?: AbortSignal }
    return (await request(m, address(path, options.path, options.query), options.body, options.signal)) as Answer<P, M>
  }
}

/** A path with its parameters and query; also for links to downloads. */
export function address(path: string, params: object = {}, query: object = {}): string {
  const values = params as Record<string, unknown>
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return text ? `${filled}?${text}` : filled
}

async function request(m: Method, url: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (m !== 'get') headers['X-Godwit-CSRF'] = hooks.csrf
  let answer: Response
  try {
    answer = await fetch(url, {
      method: m.toUpperCase(),
      headers,
      // A POST without a body says that it has none.
      body: body !== undefined ? JSON.stringify(body) : m === 'get' || m === 'delete' ? undefined : '',
      credentials: 'same-origin',
      signal,
    })
  } catch (thrown) {
    if (signal?.aborted) throw thrown
    throw noAnswer(thrown instanceof Error ? thrown.message : String(thrown))
  }
  if (answer.status === 204) return undefined
  const isJson = answer.headers.get('content-type')?.startsWith('application/json')
  const content: unknown = isJson ? await answer.json().catch(() => undefined) : await answer.text()
  if (answer.ok) return content
  const error = (content as { error?: ErrorBody } | undefined)?.error
  if (answer.status === 401 && error?.code !== WRONG_PASSWORD) hooks.signedOut()
  throw error ? new ApiError(answer.status, error) : noAnswer(`HTTP ${answer.status}`)
}

const WRONG_PASSWORD = 'GW1060'
