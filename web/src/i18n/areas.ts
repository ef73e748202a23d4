/** './zh/tasks.ts' -> tasks */
export function areas<T>(files: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(files).map(([path, words]) => [path.replace(/^.*\/|\.ts$/g, ''), words]))
}
