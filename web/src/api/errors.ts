// What went wrong, as an object: the server's own error, or one of the way there.
import type { ErrorBody } from './types'

export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0: there was no answer. */
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.message)
    this.name = 'ApiError'
  }

  get code(): string {
    return this.body.code
  }
}

/** No answer, or one that is not the server's: of the same form, so that it is shown in the same way. */
export function noAnswer(cause: string): ApiError {
  return new ApiError(0, {
    code: 'network',
    class: 'network',
    message: 'The server does not answer.',
    message_zh: '服务器没有应答。',
    cause,
    hint: 'Check that the server runs and that this computer reaches it; the console goes on by itself.',
    hint_zh: '请确认服务正在运行且网络可达；恢复后控制台会自动继续。',
    retryable: true,
  })
}

/** Anything that was thrown, as an error that can be shown. */
export function asErrorBody(thrown: unknown): ErrorBody {
  if (thrown instanceof ApiError) return thrown.body
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return { code: 'console', class: 'internal', message, retryable: false }
}

/** What of an error can be shown: an answer's error, an alert, an object's error. */
export interface ShownError {
  code: string
  message: string
  message_zh?: string | null
  where?: string | null
  cause?: string | null
  hint?: string | null
  hint_zh?: string | null
}

/** An error's words in a language. General: what the code means, where the message itself is in English only. */
export interface ErrorWords {
  code: string
  title: string
  detail?: string
  cause?: string
  where?: string
  hint?: string
}

export function errorWords(e: ShownError, language: string): ErrorWords {
  const zh = language.startsWith('zh')
  const title = (zh && e.message_zh) || e.message
  return {
    code: e.code,
    title,
    detail: title === e.message ? undefined : e.message,
    cause: e.cause ?? undefined,
    where: e.where ?? undefined,
    hint: (zh && e.hint_zh) || (e.hint ?? undefined),
  }
}
