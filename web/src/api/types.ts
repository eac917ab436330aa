import type { components } from './api';

type Schemas = components['schemas'];

export type Guest = Schemas['Guest'];
export type Host = Schemas['Host'];
export type Provider = Schemas['Provider'];
export type TaskInfo = Schemas['TaskInfo'];
export type Snapshot = Schemas['Snapshot'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type Problem = Schemas['Problem'];
export type AnyvisorEvent = Schemas['Event'];
export type ConsoleTicket = Schemas['ConsoleTicket'];

export interface Page<T> {
  items: T[];
  nextCursor?: string | null;
  total: number;
}
