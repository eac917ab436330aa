import { useInfiniteQuery } from '@tanstack/react-query';
import { list, type ListQuery } from './client';
import type { Page } from './types';

/** A list by pages, kept in step by the event stream. */
export function useList<T>(kind: string, query: ListQuery) {
  return useInfiniteQuery({
    queryKey: ['list', kind, query],
    queryFn: ({ pageParam, signal }) => list<T>(kind, { ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<T>) => last.nextCursor ?? undefined,
    placeholderData: (before) => before,
  });
}
