// The server's types under names that do not hide the language's own. Generated from docs/openapi.json (npm run types).
import type { components } from './schema'

type Schemas = components['schemas']

export type Account = Schemas['Account']
export type Alert = Schemas['Alert']
export type AuditEntry = Schemas['AuditEntry']
export type Cutover = Schemas['Cutover']
export type CutoverOrder = Schemas['CutoverOrder']
export type DataSource = Schemas['DataSource']
export type DataSourceBody = Schemas['DataSourceBody']
export type ErrorBody = Schemas['Error']
export type Finding = Schemas['Finding']
export type Figures = Schemas['Figures']
export type LogLine = Schemas['LogLine']
export type Machine = Schemas['Machine']
export type MigrationObject = Schemas['Object']
export type ObjectWhole = Schemas['ObjectWhole']
export type Parameter = Schemas['Parameter']
export type Params = Schemas['Params']
export type Probe = Schemas['Probe']
export type Role = Schemas['Role']
export type Session = Schemas['Session']
export type Setting = Schemas['Setting']
export type Subtask = Schemas['Subtask']
export type Task = Schemas['Task']
export type TaskBody = Schemas['TaskBody']
export type Texts = Schemas['Texts']
export type Token = Schemas['Token']
export type TreeItem = Schemas['TreeItem']
export type TreePage = Schemas['TreePage']
export type Webhook = Schemas['Webhook']

/** A page of a list. */
export interface Page<T> {
  total: number
  page: number
  size: number
  items: T[]
}
