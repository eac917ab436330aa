import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { ConsoleTicket, Guest } from '../api/types';

/** A fresh ticket for each attempt: it opens one connection, once, and expires soon. */
export function useConsoleTicket(guest: Guest, kind: 'serial' | 'vnc', attempt: number) {
  const ticket = useQuery({
    queryKey: ['console', guest.id, kind, attempt],
    queryFn: () => get<ConsoleTicket>(`/guests/${guest.id}/console`),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const info = ticket.data?.consoles?.find((console) => console.kind === kind);
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  const url =
    ticket.data && info?.available
      ? `${scheme}://${window.location.host}/api/v1/guests/${guest.id}/console/${kind}?ticket=${encodeURIComponent(ticket.data.ticket ?? '')}`
      : null;
  return { ticket, info, url };
}
