// What this browser remembers: JSON under "godwit.NAME". A browser that keeps nothing is no error.

export function recall<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`godwit.${name}`)
    return text === null ? otherwise : (JSON.parse(text) as T)
  } catch {
    return otherwise
  }
}

/** undefined: forget it. */
export function remember(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(`godwit.${name}`)
    else localStorage.setItem(`godwit.${name}`, JSON.stringify(value))
  } catch {
    // private windows, full disks
  }
}
