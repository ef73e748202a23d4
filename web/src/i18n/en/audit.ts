export default {
  lead: 'Every operation: who, when, from where, and what came of it.',
  address: 'From address',
  at: 'Time',
  failedOnly: 'Refused or failed only',
  noMatch: 'Nothing like this was done',
  object: 'Object',
  ok: 'Done',
  operation: 'Operation',
  outcome: 'Outcome',
  who: 'Who',
}
