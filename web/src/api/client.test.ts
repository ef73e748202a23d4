import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { address, del, get, hooks, post } from './client'
import { ApiError } from './errors'

type Call = [url: string, init: RequestInit & { headers: Record<string, string> }]
let calls: Call[]

function answers(status: number, body?: unknown): void {
  vi.stubGlobal('fetch', (...call: Call) => {
    calls.push(call)
    const json = body === undefined ? undefined : JSON.stringify(body)
    return Promise.resolve(new Response(status === 204 ? null : json, { status, headers: { 'content-type': 'application/json' } }))
  })
}

beforeEach(() => {
  calls = []
  hooks.csrf = 'token'
  hooks.signedOut = vi.fn()
})
afterEach(() => vi.unstubAllGlobals())

describe('addresses', () => {
  it('take parameters and a query, without what is not set', () => {
    expect(address('/api/v1/tasks/{id}/subtasks', { id: 7 }, { page: 2, name: 'a&b', status: undefined, sort: '' })).toBe('/api/v1/tasks/7/subtasks?page=2&name=a%26b')
    expect(address('/x/{id}', { id: '../y' })).toBe('/x/..%2Fy')
  })
})

describe('requests', () => {
  it('carry the CSRF token when they change something, and only then', async () => {
    answers(200, {})
    await get('/api/v1/version')
    await post('/api/v1/tasks/{id}/start', { path: { id: 1 } })
    expect(calls[0]![1].headers['X-Godwit-CSRF']).toBeUndefined()
    expect(calls[1]![1].headers['X-Godwit-CSRF']).toBe('token')
    expect(calls[1]![1].method).toBe('POST')
  })
  it('give nothing for an answer without content', async () => {
    answers(204)
    expect(await del('/api/v1/tasks/{id}', { path: { id: 1 } })).toBeUndefined()
  })
  it("throw the server's error", async () => {
    answers(409, { error: { code: 'GW1077', class: 'user', message: 'not now', retryable: false } })
    const thrown = await post('/api/v1/tasks/{id}/start', { path: { id: 1 } }).catch((e: unknown) => e)
    expect(thrown).toBeInstanceOf(ApiError)
    expect(thrown).toMatchObject({ status: 409, code: 'GW1077' })
    expect(hooks.signedOut).not.toHaveBeenCalled()
  })
  it('say that the session is over, but not for a wrong password', async () => {
    answers(401, { error: { code: 'GW1062', class: 'user', message: 'log in', retryable: false } })
    await expect(get('/api/v1/session')).rejects.toMatchObject({ status: 401 })
    expect(hooks.signedOut).toHaveBeenCalledOnce()
    answers(401, { error: { code: 'GW1060', class: 'user', message: 'wrong', retryable: false } })
    await expect(post('/api/v1/session', { body: { name: 'a', password: 'b' } })).rejects.toMatchObject({ code: 'GW1060' })
    expect(hooks.signedOut).toHaveBeenCalledOnce()
  })
  it('without an answer are an error like the others', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await expect(get('/api/v1/session')).rejects.toMatchObject({ status: 0, code: 'network' })
  })
  it('that were given up are no error of the server', async () => {
    const stop = new AbortController()
    vi.stubGlobal('fetch', () => Promise.reject(new DOMException('stopped', 'AbortError')))
    stop.abort()
    await expect(get('/api/v1/session', { signal: stop.signal })).rejects.toBeInstanceOf(DOMException)
  })
})
