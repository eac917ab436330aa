import { Label } from '@patternfly/react-core';
import type { Host } from '../api/types';
import { ListView, type Column } from '../components/ListView';
import { text } from '../text/en';
import { bytes } from '../text/format';

const t = text.host.columns;

const columns: Column<Host>[] = [
  { label: t.name, sort: 'name', cell: (host) => host.name },
  { label: t.state, cell: (host) => <HostState host={host} /> },
  { label: t.provider, sort: 'provider', cell: (host) => host.provider },
  {
    label: t.hypervisor,
    cell: (host) => [host.hypervisor?.name, host.hypervisor?.version].filter(Boolean).join(' '),
  },
  { label: t.arch, from: 'Lg', cell: (host) => host.arch },
  { label: t.cpus, sort: 'cpus', cell: (host) => host.cpus },
  { label: t.memory, sort: 'memory', cell: (host) => bytes(host.memory) },
  { label: t.free, from: 'Lg', cell: (host) => bytes(host.freeMemory) },
];

export function HostsPage() {
  return (
    <ListView<Host>
      title={text.nav.hosts}
      kind="hosts"
      columns={columns}
      rowKey={(host) => host.id}
      defaultSort="name"
      emptyHint={text.guest.addProvider}
    />
  );
}

function HostState({ host }: { host: Host }) {
  const state = host.presence === 'present' ? host.state : host.presence;
  return (
    <Label isCompact color={state === 'up' ? 'green' : state === 'maintenance' ? 'blue' : 'orange'}>
      {state}
    </Label>
  );
}
