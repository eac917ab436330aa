import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { Guest } from '../api/types';
import { Failure } from '../components/Failure';
import { Loading } from '../components/Loading';

/** What the system says beyond the common model, as it came. */
export function GuestNative({ guest }: { guest: Guest }) {
  const native = useQuery({
    queryKey: ['guest', guest.id, 'native'],
    queryFn: ({ signal }) => get<unknown>(`/guests/${guest.id}/native`, signal),
  });
  if (native.isPending) return <Loading />;
  if (native.isError) return <Failure error={native.error} onRetry={() => void native.refetch()} />;
  return <pre className="av-native">{readable(native.data)}</pre>;
}

// A document inside a JSON string (a domain's XML) is read as lines, not as \n.
function readable(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll('\\n', '\n').replaceAll('\\"', '"');
}
