export default {
  role: '角色',
  may: '权限',
  mayAs: {
    viewer: '查看任务、执行机、日志和告警',
    operator: '查看，并创建和操作任务、管理数据源',
    admin: '全部操作，包括用户、执行机和系统设置',
  },
}
