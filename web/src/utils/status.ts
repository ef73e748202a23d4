// Which of five tones a number of the table of states has. Their texts come from the server.

export type Tone = 'idle' | 'running' | 'done' | 'warning' | 'failed'

export const TASK = { notStarted: 0, migrating: 1, finished: 2, precheckFailed: 3000 } as const

export function taskTone(status: number): Tone {
  switch (status) {
    case TASK.notStarted: return 'idle'
    case TASK.migrating: return 'running'
    case TASK.finished: return 'done'
    default: return 'failed'
  }
}

export const SUBTASK = {
  notRun: 0, incrementalRunning: 8, incrementalStopping: 9, incrementalStopped: 10, reverseStopped: 13, incrementalBroken: 30, reverseBroken: 40, finished: 100,
  failed: 500, waiting: 1000, installing: 2000, precheckFailed: 3000,
} as const

export function subtaskTone(status: number): Tone {
  switch (status) {
    case SUBTASK.notRun:
    case SUBTASK.waiting: return 'idle'
    case SUBTASK.incrementalStopped:
    case SUBTASK.reverseStopped:
    case SUBTASK.incrementalBroken:
    case SUBTASK.reverseBroken: return 'warning'
    case SUBTASK.finished: return 'done'
    case SUBTASK.failed:
    case SUBTASK.precheckFailed: return 'failed'
    default: return 'running'
  }
}

/** Of an object: 1 waiting, 2 moving, 3 moved, 4 being checked, 5 checked, 6 failed, 7 differs. */
export function objectTone(status: number): Tone {
  return (['idle', 'idle', 'running', 'running', 'running', 'done', 'failed', 'failed'] as const)[status] ?? 'idle'
}

export function isOver(status: number): boolean {
  return status === SUBTASK.finished || status === SUBTASK.failed || status === SUBTASK.precheckFailed
}
