export default {
  choose: 'Choose {name}',
  cores: 'Cores',
  diskFree: 'Disk free',
  kinds: { local: 'this server', ssh: 'over SSH', joined: 'joined by itself' },
  memoryFree: 'Memory free',
  noMatch: 'No machine like this',
  os: 'System',
  running: 'Running',
  states: { new: 'No kit', installing: 'Installing', failed: 'Failed', stopped: 'Stopped', offline: 'Offline', online: 'Online' },
}
