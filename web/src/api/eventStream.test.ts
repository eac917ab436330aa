import { QueryClient, type InfiniteData } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { applyEvent } from './eventStream';
import type { AnyvisorEvent, Guest, Page } from './types';

const guest = (id: string, power: string) => ({ id, name: id, power, presence: 'present' }) as Guest;
const event = (partial: Partial<AnyvisorEvent>) => ({ sequence: 1, at: '', kind: 'changed', subject: 'guest', ...partial }) as AnyvisorEvent;

function cacheWith(...guests: Guest[]): QueryClient {
  const queries = new QueryClient();
  const pages: InfiniteData<Page<Guest>> = { pages: [{ items: guests, total: guests.length }], pageParams: [undefined] };
  queries.setQueryData(['list', 'guests', { filter: '' }], pages);
  return queries;
}

const rows = (queries: QueryClient) =>
  queries.getQueryData<InfiniteData<Page<Guest>>>(['list', 'guests', { filter: '' }])!.pages[0]!.items;

describe('applyEvent', () => {
  it('changes the row of a guest in place and keeps the order', () => {
    const queries = cacheWith(guest('a', 'off'), guest('b', 'off'));
    expect(applyEvent(queries, event({ guest: guest('b', 'on'), subjectId: 'b' }))).toBe(true);
    expect(rows(queries).map((row) => `${row.id}:${row.power}`)).toEqual(['a:off', 'b:on']);
  });

  it('keeps what the event does not say: the actions of the row', () => {
    const withActions = { ...guest('a', 'off'), actions: { start: { allowed: true, level: 'native' } } } as unknown as Guest;
    const queries = cacheWith(withActions);
    applyEvent(queries, event({ guest: guest('a', 'on'), subjectId: 'a' }));
    expect(rows(queries)[0]!.actions).toBeDefined();
  });

  it('asks for a new listing when a guest came or went', () => {
    const queries = cacheWith(guest('a', 'off'));
    expect(applyEvent(queries, event({ kind: 'added', subjectId: 'b', guest: guest('b', 'on') }))).toBe(false);
    expect(applyEvent(queries, event({ kind: 'removed', subjectId: 'a' }))).toBe(false);
    expect(rows(queries)).toHaveLength(1);
  });

  it('leaves other lists untouched, to the same object', () => {
    const queries = cacheWith(guest('a', 'off'));
    const before = rows(queries);
    applyEvent(queries, event({ guest: guest('z', 'on'), subjectId: 'z' }));
    expect(rows(queries)).toBe(before);
  });
});
