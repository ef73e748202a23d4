// The parts of a large table as a picture. Pure; letters are those of the API's ChunkMap.

/** From the begin to the end; the last one is what people look for. */
export const CHUNK_STATES = ['waiting', 'loading', 'loaded', 'checking', 'checked', 'differing'] as const
export type ChunkState = (typeof CHUNK_STATES)[number]

export interface Chunks {
  /** Parts in all. */
  n: number
  /** Parts of a cell. */
  each: number
  cells: string
}

const LETTERS: Record<string, ChunkState> = { '.': 'waiting', l: 'loading', L: 'loaded', c: 'checking', C: 'checked', D: 'differing' }
const stateOf = (letter: string): ChunkState => LETTERS[letter] ?? 'waiting'

export function countChunks(cells: string): Record<ChunkState, number> {
  const counts = Object.fromEntries(CHUNK_STATES.map((state) => [state, 0])) as Record<ChunkState, number>
  for (const letter of cells) counts[stateOf(letter)]++
  return counts
}

/** How many cells a row has, and how large one is with its gap, so that it fills the width and is not huge. */
export function gridOf(cells: number, width: number): { columns: number; step: number; rows: number } {
  const SMALLEST = 10
  const LARGEST = 26
  const ROWS = 8 // about so many, as long as cells are not too small
  const step = Math.max(SMALLEST, Math.min(LARGEST, Math.floor(width / Math.ceil(cells / ROWS || 1))))
  const columns = Math.max(1, Math.floor(width / step))
  return { columns, step, rows: Math.ceil(cells / columns) }
}

/** The squares of each state as the path of an SVG. */
export function pathsOf(cells: string, columns: number, step: number): Record<ChunkState, string> {
  const GAP = 2
  const side = step - GAP
  const paths = Object.fromEntries(CHUNK_STATES.map((state) => [state, ''])) as Record<ChunkState, string>
  for (let i = 0; i < cells.length; i++) {
    const x = (i % columns) * step
    const y = Math.floor(i / columns) * step
    paths[stateOf(cells[i]!)] += `M${x} ${y}h${side}v${side}h-${side}z`
  }
  return paths
}

/** A stroke through each square that differs: colour alone does not say it. */
export function strokesOf(cells: string, columns: number, step: number): string {
  let path = ''
  for (let i = 0; i < cells.length; i++) {
    if (cells[i] !== 'D') continue
    const x = (i % columns) * step
    const y = Math.floor(i / columns) * step
    path += `M${x + 2} ${y + 2}L${x + step - 4} ${y + step - 4}M${x + step - 4} ${y + 2}L${x + 2} ${y + step - 4}`
  }
  return path
}

/** The cell at a place, with the numbers of its parts from 1. */
export function cellAt(chunks: Chunks, columns: number, step: number, x: number, y: number): { state: ChunkState; from: number; to: number } | undefined {
  const column = Math.floor(x / step)
  const i = Math.floor(y / step) * columns + column
  if (x < 0 || y < 0 || column >= columns || i >= chunks.cells.length) return undefined
  return { state: stateOf(chunks.cells[i]!), from: i * chunks.each + 1, to: Math.min(chunks.n, (i + 1) * chunks.each) }
}
