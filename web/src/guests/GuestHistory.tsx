import { EmptyState } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Guest, HistoryEntry, Page } from '../api/types';
import { Failure } from '../components/Failure';
import { Loading } from '../components/Loading';
import { text } from '../text/en';

export function GuestHistory({ guest }: { guest: Guest }) {
  const history = useQuery({
    queryKey: ['guest', guest.id, 'history'],
    queryFn: ({ signal }) => get<Page<HistoryEntry>>(`/guests/${guest.id}/history`, signal),
  });
  if (history.isPending) return <Loading />;
  if (history.isError) return <Failure error={history.error} onRetry={() => void history.refetch()} />;
  if (history.data.items.length === 0) return <EmptyState titleText={text.guest.noHistory} headingLevel="h2" />;
  return (
    <Table aria-label={text.guest.tabs.history} variant="compact">
      <Thead>
        <Tr>
          <Th>When</Th>
          <Th>What</Th>
          <Th>Task</Th>
        </Tr>
      </Thead>
      <Tbody>
        {history.data.items.map((entry) => (
          <Tr key={entry.sequence}>
            <Td dataLabel="When">{new Date(entry.at ?? 0).toLocaleString()}</Td>
            <Td dataLabel="What">
              {entry.changes?.length
                ? entry.changes.map((change) => `${change.field}: ${change.from ?? '–'} → ${change.to ?? '–'}`).join('; ')
                : entry.kind}
            </Td>
            <Td dataLabel="Task">{entry.task ?? '–'}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
