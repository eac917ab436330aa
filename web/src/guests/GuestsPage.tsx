import { Link } from 'react-router';
import type { Guest } from '../api/types';
import { ListView, type Column } from '../components/ListView';
import { PowerLabel } from '../components/PowerLabel';
import { text } from '../text/en';
import { bytes } from '../text/format';

const t = text.guest.columns;

const columns: Column<Guest>[] = [
  { label: t.name, sort: 'name', cell: (guest) => <Link to={`/guests/${guest.id}`}>{guest.name}</Link> },
  { label: t.power, sort: 'power', cell: (guest) => <PowerLabel guest={guest} /> },
  { label: t.provider, sort: 'provider', cell: (guest) => guest.provider },
  { label: t.host, sort: 'host', from: 'Lg', cell: (guest) => guest.host },
  { label: t.arch, sort: 'arch', from: 'Lg', cell: (guest) => guest.arch },
  { label: t.os, from: '2Xl', cell: (guest) => systemName(guest) },
  { label: t.vcpus, sort: 'vcpus', cell: (guest) => guest.vcpus },
  { label: t.memory, sort: 'memory', cell: (guest) => bytes(guest.memory) },
  { label: t.addresses, from: '2Xl', cell: (guest) => guest.addresses?.slice(0, 2).join(', ') },
];

export function GuestsPage() {
  return (
    <ListView<Guest>
      title={text.nav.guests}
      kind="guests"
      columns={columns}
      rowKey={(guest) => guest.id}
      rowClass={(guest) => (guest.presence === 'present' ? undefined : 'av-stale')}
      defaultSort="name"
      emptyHint={text.guest.addProvider}
    />
  );
}

export function systemName(guest: Guest): string {
  const os = guest.os;
  if (!os || os.family === 'unknown') return '';
  return [os.distribution ?? os.family, os.version].filter(Boolean).join(' ');
}
