import { Label, Tooltip } from '@patternfly/react-core';
import type { Provider } from '../api/types';
import { ListView, type Column } from '../components/ListView';
import { text } from '../text/en';
import { ago } from '../text/format';

const t = text.provider.columns;

const columns: Column<Provider>[] = [
  { label: t.name, cell: (provider) => provider.name },
  { label: t.state, cell: (provider) => <State provider={provider} /> },
  { label: t.driver, cell: (provider) => provider.driver },
  { label: t.url, from: 'Lg', cell: (provider) => provider.url },
  { label: t.product, from: 'Lg', cell: (provider) => [provider.product, provider.version].filter(Boolean).join(' ') },
  { label: t.guests, cell: (provider) => provider.guests },
  { label: t.heard, cell: (provider) => ago(provider.heardAt) },
];

export function ProvidersPage() {
  return (
    <ListView<Provider>
      title={text.nav.providers}
      kind="providers"
      columns={columns}
      rowKey={(provider) => provider.name}
      whole
      emptyHint={text.guest.addProvider}
    />
  );
}

function State({ provider }: { provider: Provider }) {
  const color = provider.state === 'connected' ? 'green' : provider.state === 'syncing' ? 'blue' : 'orange';
  const label = (
    <Label isCompact color={color}>
      {provider.state}
    </Label>
  );
  return provider.problem ? <Tooltip content={provider.problem.text}>{label}</Tooltip> : label;
}
