import { Alert, PageSection, Split, SplitItem, Tab, Tabs, TabTitleText, Title } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Navigate, useNavigate, useParams } from 'react-router';
import { ApiError, get } from '../api/client';
import type { Guest } from '../api/types';
import { Failure } from '../components/Failure';
import { Loading } from '../components/Loading';
import { PowerLabel } from '../components/PowerLabel';
import { text } from '../text/en';
import { GuestActions } from './GuestActions';
import { GuestFacts } from './GuestFacts';
import { GuestHistory } from './GuestHistory';
import { GuestNative } from './GuestNative';
import { GuestSnapshots } from './GuestSnapshots';

// Consoles are large and few people open one: they are loaded when asked for.
const SerialConsole = lazy(() => import('../consoles/SerialConsole'));
const VncConsole = lazy(() => import('../consoles/VncConsole'));

const tabs = {
  overview: (guest: Guest) => <GuestFacts guest={guest} />,
  serial: (guest: Guest) => <SerialConsole guest={guest} />,
  vnc: (guest: Guest) => <VncConsole guest={guest} />,
  snapshots: (guest: Guest) => <GuestSnapshots guest={guest} />,
  history: (guest: Guest) => <GuestHistory guest={guest} />,
  native: (guest: Guest) => <GuestNative guest={guest} />,
};
type TabName = keyof typeof tabs;

export function GuestPage() {
  const { id = '', tab } = useParams();
  const navigate = useNavigate();
  const guest = useQuery({ queryKey: ['guest', id], queryFn: ({ signal }) => get<Guest>(`/guests/${id}`, signal) });
  const shown: TabName = tab && tab in tabs ? (tab as TabName) : 'overview';

  if (guest.isPending) return <Loading />;
  if (guest.isError && !guest.data) {
    const gone = guest.error instanceof ApiError && guest.error.status === 404;
    return <Failure error={gone ? new Error(text.guest.notFound) : guest.error} onRetry={() => void guest.refetch()} />;
  }

  // Each view of a guest has an id of its own; live news come under the one that is shown.
  if (guest.data.id !== id) return <Navigate to={`/guests/${guest.data.id}${tab ? `/${tab}` : ''}`} replace />;

  return (
    <>
      <PageSection>
        <Split hasGutter isWrappable>
          <SplitItem isFilled>
            <Title headingLevel="h1">
              {guest.data.name} <PowerLabel guest={guest.data} />
            </Title>
            {guest.data.provider}
            {guest.data.host && ` · ${guest.data.host}`}
          </SplitItem>
          <SplitItem>
            <GuestActions guest={guest.data} />
          </SplitItem>
        </Split>
        {guest.data.presence !== 'present' && (
          <Alert
            isInline
            variant="warning"
            title={`${guest.data.presence === 'missing' ? text.guest.presence.missing : text.guest.presence.unreachable}, ${text.guest.since} ${guest.data.presenceSince ? new Date(guest.data.presenceSince).toLocaleString() : '–'}`}
          />
        )}
      </PageSection>
      <PageSection isFilled>
        <Tabs
          activeKey={shown}
          aria-label={guest.data.name}
          onSelect={(_, key) => void navigate(key === 'overview' ? `/guests/${id}` : `/guests/${id}/${key}`)}
        >
          {(Object.keys(tabs) as TabName[]).map((name) => (
            <Tab key={name} eventKey={name} title={<TabTitleText>{text.guest.tabs[name]}</TabTitleText>} />
          ))}
        </Tabs>
        <Suspense fallback={<Loading />}>{tabs[shown](guest.data)}</Suspense>
      </PageSection>
    </>
  );
}
