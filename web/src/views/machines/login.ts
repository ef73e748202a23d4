// A login over SSH while it is typed.
export interface Login {
  host: string
  port: number
  username: string
  method: 'password' | 'key'
  password: string
  private_key: string
  passphrase: string
  /** The confirmed one; '': not yet. */
  host_key: string
}

export const emptyLogin = (): Login => ({ host: '', port: 22, username: '', method: 'password', password: '', private_key: '', passphrase: '', host_key: '' })

/** What the server takes of it: only what the method needs. */
export function loginBody(l: Login) {
  return {
    host: l.host.trim(),
    port: l.port,
    username: l.username.trim(),
    host_key: l.host_key,
    ...(l.method === 'password' ? { password: l.password } : { private_key: l.private_key, ...(l.passphrase ? { passphrase: l.passphrase } : {}) }),
  }
}
