import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { ApiError, get } from '../api/client';
import { useEventStream } from '../api/eventStream';
import { Loading } from '../components/Loading';
import { Failure } from '../components/Failure';
import { GuestPage } from '../guests/GuestPage';
import { GuestsPage } from '../guests/GuestsPage';
import { HostsPage } from '../hosts/HostsPage';
import { ProvidersPage } from '../providers/ProvidersPage';
import { SignIn } from '../session/SignIn';
import { TasksPage } from '../tasks/TasksPage';
import { Shell } from './Shell';
import { followSystemTheme } from './theme';

export interface Session {
  name: string;
  role: string;
}

/** Who is signed in decides what is shown; everything below asks the API on the session's cookie. */
export function App() {
  const queries = useQueryClient();
  const session = useQuery({
    queryKey: ['session'],
    queryFn: () => get<Session>('/session'),
    // A server that is away comes back, and then nobody should have to press a button: only it can say who is not signed in.
    retry: (_, error) => !isSignedOut(error),
    retryDelay: 2000,
  });
  const stream = useEventStream(session.isSuccess);
  useEffect(followSystemTheme, []);

  if (session.isError) return <SignIn onSignedIn={() => void queries.resetQueries()} />;
  if (session.isPending)
    return session.failureReason ? <Failure error={session.failureReason} onRetry={() => void session.refetch()} /> : <Loading />;
  return (
    <Shell session={session.data} stream={stream}>
      <Routes>
        <Route path="/" element={<Navigate to="/guests" replace />} />
        <Route path="/guests" element={<GuestsPage />} />
        <Route path="/guests/:id/:tab?" element={<GuestPage />} />
        <Route path="/hosts" element={<HostsPage />} />
        <Route path="/providers" element={<ProvidersPage />} />
        <Route path="/tasks" element={<TasksPage />} />
        <Route path="*" element={<Navigate to="/guests" replace />} />
      </Routes>
    </Shell>
  );
}

function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
