import { Alert, Button, EmptyState, Label, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { get, send } from '../api/client';
import type { Guest, Page, Snapshot, TaskInfo } from '../api/types';
import { Failure } from '../components/Failure';
import { Loading } from '../components/Loading';
import { text } from '../text/en';

export function GuestSnapshots({ guest }: { guest: Guest }) {
  const queries = useQueryClient();
  const path = `/guests/${guest.id}/snapshots`;
  const key = ['snapshots', guest.id];
  const snapshots = useQuery({ queryKey: key, queryFn: ({ signal }) => get<Page<Snapshot>>(path, signal) });
  const take = useMutation({ mutationFn: () => send<TaskInfo>('POST', path, {}) });
  const revert = useMutation({ mutationFn: (id: string) => send<TaskInfo>('POST', `${path}/${id}:revert`) });
  const remove = useMutation({ mutationFn: (id: string) => send<TaskInfo>('DELETE', `${path}/${id}`) });

  const last = [take, revert, remove].map((mutation) => mutation.data?.id).join();
  const running = useQuery({
    queryKey: ['task', take.data?.id ?? revert.data?.id ?? remove.data?.id],
    queryFn: () => get<TaskInfo>(`/tasks/${take.data?.id ?? revert.data?.id ?? remove.data?.id}`),
    enabled: last.replaceAll(',', '') !== '',
  });
  const state = running.data?.state;
  // Snapshots have no rows in the guest's own events: the end of a task is when the list may differ.
  useEffect(() => void queries.invalidateQueries({ queryKey: ['snapshots', guest.id] }), [queries, guest.id, state, guest.observedAt]);

  if (snapshots.isPending) return <Loading />;
  if (snapshots.isError) return <Failure error={snapshots.error} onRetry={() => void snapshots.refetch()} />;
  const error = take.error ?? revert.error ?? remove.error;
  const can = (verb: 'snapshot-create' | 'snapshot-revert' | 'snapshot-delete') => guest.actions?.[verb]?.allowed ?? false;
  const why = guest.actions?.['snapshot-create']?.reason?.text;

  return (
    <>
      <Toolbar>
        <ToolbarContent>
          <ToolbarItem>
            <Button isDisabled={!can('snapshot-create')} isLoading={take.isPending} onClick={() => take.mutate()}>
              {text.guest.newSnapshot}
            </Button>
          </ToolbarItem>
          {!can('snapshot-create') && why && <ToolbarItem>{why}</ToolbarItem>}
        </ToolbarContent>
      </Toolbar>
      {error && <Alert isInline variant="danger" title={error.message} />}
      {snapshots.data.items.length === 0 ? (
        <EmptyState titleText={text.guest.noSnapshots} headingLevel="h2" />
      ) : (
        <Table aria-label={text.guest.tabs.snapshots} variant="compact">
          <Thead>
            <Tr>
              <Th>Name</Th>
              <Th>Taken</Th>
              <Th>After</Th>
              <Th>Consistency</Th>
              <Th screenReaderText="Actions" />
            </Tr>
          </Thead>
          <Tbody>
            {snapshots.data.items.map((snapshot) => (
              <Tr key={snapshot.id}>
                <Td dataLabel="Name">
                  {snapshot.name} {snapshot.current && <Label isCompact>{text.guest.current}</Label>}
                </Td>
                <Td dataLabel="Taken">{snapshot.createdAt ? new Date(snapshot.createdAt).toLocaleString() : '–'}</Td>
                <Td dataLabel="After">{snapshot.parent ?? '–'}</Td>
                <Td dataLabel="Consistency">{snapshot.consistency}</Td>
                <Td isActionCell>
                  <Button variant="link" isDisabled={!can('snapshot-revert')} onClick={() => revert.mutate(snapshot.id)}>
                    {text.guest.revert}
                  </Button>
                  <Button variant="link" isDanger isDisabled={!can('snapshot-delete')} onClick={() => remove.mutate(snapshot.id)}>
                    {text.verbs.delete}
                  </Button>
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </>
  );
}
