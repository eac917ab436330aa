import { useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, get } from './client';
import type { AnyvisorEvent, Guest, Page, TaskInfo } from './types';

export type StreamState = { live: boolean; since: Date };

/** How long added and removed objects gather before lists are asked for again. */
const listRefreshDelay = 750;

/** How long to wait before a stream that the browser gave up is opened anew. */
const reopenDelay = 2000;

/** Keeps every cached answer in step with the server's event stream; one per page. */
export function useEventStream(enabled: boolean): StreamState {
  const queries = useQueryClient();
  const [state, setState] = useState<StreamState>({ live: false, since: new Date() });

  useEffect(() => {
    if (!enabled) return;
    let refresh: ReturnType<typeof setTimeout> | undefined;
    let reopen: ReturnType<typeof setTimeout> | undefined;
    let wasLive = false;
    let stream: EventSource;
    const refreshLists = () => {
      refresh ??= setTimeout(() => {
        refresh = undefined;
        void queries.invalidateQueries({ queryKey: ['list'] });
      }, listRefreshDelay);
    };
    const receive = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as AnyvisorEvent;
      if (!applyEvent(queries, event)) refreshLists();
    };
    const open = () => {
      stream = new EventSource('/api/v1/events');
      stream.onopen = () => {
        setState({ live: true, since: new Date() });
        // Away for a while: what was missed beyond the resumable past is fetched again.
        if (wasLive) void queries.invalidateQueries();
        wasLive = true;
      };
      stream.onerror = () => {
        setState((before) => (before.live ? { live: false, since: new Date() } : before));
        // The browser tries again by itself after a cut line, and not after an answer that is no stream.
        if (stream.readyState === EventSource.CLOSED) reopen = setTimeout(() => void findOut(), reopenDelay);
      };
      stream.onmessage = receive;
      for (const kind of ['added', 'changed', 'removed', 'task', 'provider', 'notice']) stream.addEventListener(kind, receive);
    };
    const findOut = async () => {
      try {
        await get('/session');
      } catch (error) {
        // Signed out meanwhile, or the server forgot the session: the page asks for a token again.
        if (error instanceof ApiError && error.status === 401) {
          void queries.invalidateQueries({ queryKey: ['session'] });
          return;
        }
      }
      open();
    };
    open();
    return () => {
      clearTimeout(refresh);
      clearTimeout(reopen);
      stream.close();
    };
  }, [enabled, queries]);

  return state;
}

/** Puts an event's news into the cache; false when only a new listing can show it. */
export function applyEvent(queries: QueryClient, event: AnyvisorEvent): boolean {
  if (event.taskInfo) {
    const task = event.taskInfo as TaskInfo;
    queries.setQueryData(['task', task.id], task);
    return patchLists<TaskInfo>(queries, 'tasks', task);
  }
  if (event.subject === 'guest' && event.guest && event.kind === 'changed') {
    // The stream's guest has no actions, which depend on who asks: those of the old one may be wrong now.
    void queries.invalidateQueries({ queryKey: ['guest', event.guest.id] });
    patchLists<Guest>(queries, 'guests', event.guest);
    return true;
  }
  if (event.kind === 'notice') return true;
  if (event.subject === 'guest' && event.subjectId) void queries.invalidateQueries({ queryKey: ['guest', event.subjectId] });
  return false;
}

function patchLists<T extends { id: string }>(queries: QueryClient, kind: string, changed: T): boolean {
  let found = false;
  queries.setQueriesData<InfiniteData<Page<T>>>({ queryKey: ['list', kind] }, (data) => {
    if (!data) return data;
    const pages = data.pages.map((page) => {
      const at = page.items.findIndex((item) => item.id === changed.id);
      if (at < 0) return page;
      found = true;
      return { ...page, items: page.items.with(at, { ...page.items[at], ...changed }) };
    });
    return found ? { ...data, pages } : data;
  });
  return found;
}
