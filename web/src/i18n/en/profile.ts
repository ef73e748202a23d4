export default {
  role: 'Role',
  may: 'May',
  mayAs: {
    viewer: 'look at tasks, machines, logs and alerts',
    operator: 'look, make and run tasks, and keep data sources',
    admin: 'do everything, with users, machines and settings',
  },
}
