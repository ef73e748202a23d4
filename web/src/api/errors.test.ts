import { describe, expect, it } from 'vitest'
import { ApiError, asErrorBody, errorWords, noAnswer } from './errors'

const refused = {
  code: 'GW1077', class: 'user', message: 'the subtask 7 cannot be started now', message_zh: '当前状态不允许此操作', hint: 'look at its status',
  hint_zh: '请查看其状态', cause: 'it is running', retryable: false,
} as const

describe('an error in words', () => {
  it('is the message itself in English', () => {
    expect(errorWords(refused, 'en-US')).toEqual({
      code: 'GW1077', title: refused.message, detail: undefined, cause: refused.cause, where: undefined, hint: refused.hint,
    })
  })
  it('is what the code means in Chinese, with the message as detail', () => {
    expect(errorWords(refused, 'zh-CN')).toMatchObject({ title: refused.message_zh, detail: refused.message, hint: refused.hint_zh })
  })
  it('falls back to English where there is no Chinese', () => {
    expect(errorWords({ code: 'X', message: 'so', hint: 'do', message_zh: null }, 'zh-CN')).toMatchObject({ title: 'so', detail: undefined, hint: 'do' })
  })
})

describe('whatever is thrown', () => {
  it('can be shown', () => {
    expect(asErrorBody(new ApiError(409, refused))).toBe(refused)
    expect(asErrorBody(noAnswer('refused')).cause).toBe('refused')
    expect(asErrorBody(new TypeError('x is undefined'))).toMatchObject({ code: 'console', message: 'x is undefined' })
    expect(asErrorBody('odd').message).toBe('odd')
  })
})
