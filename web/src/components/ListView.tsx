import {
  Alert,
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  PageSection,
  SearchInput,
  Title,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useEffect, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useList } from '../api/useList';
import { text } from '../text/en';
import { Failure } from './Failure';
import { Loading } from './Loading';

export interface Column<T> {
  label: string;
  cell: (item: T) => ReactNode;
  /** The API's field to sort by; absent where the list can't be sorted so. */
  sort?: string;
  /** The width from which it is shown; absent: always. */
  from?: 'Lg' | '2Xl';
}

interface Props<T> {
  title: string;
  kind: string;
  columns: Column<T>[];
  rowKey: (item: T) => string;
  rowClass?: (item: T) => string | undefined;
  /** Whether the list takes a filter, an order and a page's length: short ones come whole. */
  whole?: boolean;
  defaultSort?: string;
  emptyHint?: string;
}

/** A table over one of the API's lists. Filter and sort live in the address, so a view can be sent to a colleague. */
export function ListView<T>({ title, kind, columns, rowKey, rowClass, whole = false, defaultSort, emptyHint }: Props<T>) {
  const [address, setAddress] = useSearchParams();
  const filter = address.get('filter') ?? '';
  const sort = address.get('sort') ?? defaultSort ?? '';
  const query = useList<T>(kind, whole ? {} : { filter, sort, limit: 100 });

  const change = (name: string, value: string) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );

  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages.at(-1)?.total ?? 0;

  return (
    <>
      <PageSection>
        <Title headingLevel="h1">
          {title} {query.data && <small>({text.list.total(items.length, total)})</small>}
        </Title>
        {!whole && (
          <Toolbar>
            <ToolbarContent>
              <ToolbarItem style={{ flexGrow: 1 }}>
                <FilterBox value={filter} onChange={(value) => change('filter', value)} />
              </ToolbarItem>
            </ToolbarContent>
          </Toolbar>
        )}
        {query.isError && query.data && <Alert isInline variant="warning" title={query.error.message} />}
      </PageSection>
      <PageSection isFilled>
        {query.isPending ? (
          <Loading />
        ) : query.isError ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <Empty filtered={filter !== ''} hint={emptyHint} onClear={() => change('filter', '')} />
        ) : (
          <>
            <Table aria-label={title} variant="compact" isStickyHeader>
              <Thead>
                <Tr>
                  {columns.map((column, index) => (
                    <Th
                      key={column.label}
                      modifier="fitContent"
                      screenReaderText={column.label ? undefined : text.guest.actions}
                      visibility={column.from && ['hidden', `visibleOn${column.from}`]}
                      sort={column.sort ? sortOf(sort, columns, index, (next) => change('sort', next)) : undefined}
                    >
                      {column.label}
                    </Th>
                  ))}
                </Tr>
              </Thead>
              <Tbody>
                {items.map((item) => (
                  <Tr key={rowKey(item)} className={rowClass?.(item)}>
                    {columns.map((column) => (
                      <Td
                        key={column.label}
                        dataLabel={column.label}
                        modifier="nowrap"
                        visibility={column.from && ['hidden', `visibleOn${column.from}`]}
                      >
                        {column.cell(item)}
                      </Td>
                    ))}
                  </Tr>
                ))}
              </Tbody>
            </Table>
            {query.hasNextPage && (
              <Button variant="link" isLoading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {text.list.more}
              </Button>
            )}
          </>
        )}
      </PageSection>
    </>
  );
}

function sortOf<T>(sort: string, columns: Column<T>[], index: number, onSort: (sort: string) => void) {
  const field = sort.replace(/^-/, '');
  return {
    columnIndex: index,
    sortBy: {
      index: columns.findIndex((column) => column.sort === field),
      direction: sort.startsWith('-') ? ('desc' as const) : ('asc' as const),
    },
    onSort: (_: unknown, at: number, direction: 'asc' | 'desc') => {
      const chosen = columns[at]?.sort;
      if (chosen) onSort(direction === 'desc' ? `-${chosen}` : chosen);
    },
  };
}

/** Asks the server when typing pauses, not at every key. */
function FilterBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const pause = setTimeout(() => onChange(typed), 250);
    return () => clearTimeout(pause);
  }, [typed, value, onChange]);
  return (
    <SearchInput
      aria-label={text.list.filter}
      placeholder={text.list.filter}
      value={typed}
      onChange={(_, next) => setTyped(next)}
      onSearch={() => onChange(typed)}
      onClear={() => onChange('')}
    />
  );
}

function Empty({ filtered, hint, onClear }: { filtered: boolean; hint?: string; onClear: () => void }) {
  return (
    <EmptyState titleText={filtered ? text.list.emptyFiltered : text.list.empty} headingLevel="h2">
      {!filtered && hint && <EmptyStateBody>{hint}</EmptyStateBody>}
      {filtered && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button variant="link" onClick={onClear}>
              {text.list.clear}
            </Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
