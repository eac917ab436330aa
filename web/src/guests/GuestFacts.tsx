import {
  Alert,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  Label,
  LabelGroup,
  Stack,
  StackItem,
  Title,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import type { ReactNode } from 'react';
import type { Guest } from '../api/types';
import { text } from '../text/en';
import { ago, bytes } from '../text/format';
import { systemName } from './GuestsPage';

/** The common words, with the system's own beside them. */
export function GuestFacts({ guest }: { guest: Guest }) {
  return (
    <Stack hasGutter style={{ paddingBlockStart: '1rem' }}>
      {guest.concerns?.map((concern) => (
        <StackItem key={concern.id}>
          <Alert
            isInline
            variant={concern.severity === 'critical' ? 'danger' : concern.severity === 'warning' ? 'warning' : 'info'}
            title={concern.label}
          >
            {concern.assessment} {concern.remedy}
          </Alert>
        </StackItem>
      ))}
      <StackItem>
        <DescriptionList isHorizontal columnModifier={{ default: '1Col', xl: '2Col' }}>
          <Fact name="Id">{guest.id}</Fact>
          <Fact name="Native id">{guest.nativeId}</Fact>
          <Fact name={text.guest.columns.power}>
            {guest.power} (<q>{guest.raw}</q>, {text.guest.observed.toLowerCase()} {ago(guest.observedAt)}, {guest.source})
          </Fact>
          <Fact name="Lifecycle">{guest.lifecycle}</Fact>
          <Fact name="Kind">{guest.kind}</Fact>
          <Fact name={text.guest.columns.arch}>{guest.arch}</Fact>
          <Fact name="Virtualization">{[guest.hypervisor, guest.virtualization].filter(Boolean).join(', ')}</Fact>
          <Fact name="Firmware">{guest.firmware}</Fact>
          <Fact name={text.guest.columns.os}>{systemName(guest) || '–'}</Fact>
          <Fact name={text.guest.columns.vcpus}>{guest.vcpus}</Fact>
          {guest.entitlement && (
            <Fact name="Entitlement">
              {guest.entitlement.units} {guest.entitlement.mode} {guest.entitlement.capped ? 'capped' : ''}
            </Fact>
          )}
          <Fact name={text.guest.columns.memory}>{bytes(guest.memory)}</Fact>
          <Fact name={text.guest.columns.addresses}>{guest.addresses?.join(', ') || '–'}</Fact>
          <Fact name="Tags">
            <LabelGroup>
              {Object.entries(guest.tags ?? {}).map(([key, value]) => (
                <Label key={key} isCompact>
                  {key}={value}
                </Label>
              ))}
            </LabelGroup>
          </Fact>
        </DescriptionList>
      </StackItem>
      <StackItem>
        <Rows
          title={text.guest.views}
          head={['Provider', 'Host', 'Power', 'Seen', 'Presence']}
          rows={
            guest.views?.map((view) => [
              view.authority ? `${view.provider} (${text.guest.authority})` : view.provider,
              view.host,
              `${view.power} (${view.raw})`,
              ago(view.observedAt),
              view.presence,
            ]) ?? []
          }
        />
      </StackItem>
      <StackItem>
        <Rows
          title={text.guest.disks}
          head={['Name', 'Capacity', 'Format', 'Bus', 'Where']}
          rows={guest.disks?.map((disk) => [disk.name, bytes(disk.capacity), disk.format, disk.bus, disk.source]) ?? []}
        />
      </StackItem>
      <StackItem>
        <Rows
          title={text.guest.nics}
          head={['MAC', 'Network', 'Model', 'Addresses']}
          rows={guest.nics?.map((nic) => [nic.mac, nic.network, nic.model, nic.addresses?.join(', ')]) ?? []}
        />
      </StackItem>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{name}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function Rows({ title, head, rows }: { title: string; head: string[]; rows: ReactNode[][] }) {
  if (rows.length === 0) return null;
  return (
    <>
      <Title headingLevel="h2" size="lg">
        {title}
      </Title>
      <Table aria-label={title} variant="compact" borders={false}>
        <Thead>
          <Tr>
            {head.map((name) => (
              <Th key={name}>{name}</Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {rows.map((row, at) => (
            <Tr key={at}>
              {row.map((cell, column) => (
                <Td key={column} dataLabel={head[column]}>
                  {cell ?? '–'}
                </Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}
