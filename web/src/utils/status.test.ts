import { expect, it } from 'vitest'
import { isOver, objectTone, subtaskTone, taskTone } from './status'

it('each status has a tone', () => {
  expect([0, 1, 2, 3000].map(taskTone)).toEqual(['idle', 'running', 'done', 'failed'])
  expect([0, 2, 5, 8, 10, 12, 13, 30, 40, 100, 500, 1000, 2000, 3000].map(subtaskTone)).toEqual([
    'idle', 'running', 'running', 'running', 'warning', 'running', 'warning', 'warning', 'warning', 'done', 'failed', 'idle', 'running', 'failed',
  ])
  expect([1, 2, 3, 4, 5, 6, 7].map(objectTone)).toEqual(['idle', 'running', 'running', 'running', 'done', 'failed', 'failed'])
  expect([100, 500, 3000, 8].map(isOver)).toEqual([true, true, true, false])
})
