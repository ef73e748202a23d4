export default {
  lead: '所有操作记录：何人、何时、从何处、结果如何。',
  address: '来源地址',
  at: '时间',
  failedOnly: '仅看被拒绝或失败的',
  noMatch: '没有符合条件的记录',
  object: '对象',
  ok: '成功',
  operation: '操作',
  outcome: '结果',
  who: '操作人',
}
