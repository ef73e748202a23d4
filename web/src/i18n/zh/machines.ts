export default {
  choose: '选择 {name}',
  cores: '核数',
  diskFree: '可用磁盘',
  kinds: { local: '本服务器', ssh: '通过 SSH', joined: '自行接入' },
  memoryFree: '可用内存',
  noMatch: '没有符合条件的执行机',
  os: '操作系统',
  running: '运行中',
  states: { new: '未安装', installing: '安装中', failed: '安装失败', stopped: '已停止', offline: '离线', online: '在线' },
}
