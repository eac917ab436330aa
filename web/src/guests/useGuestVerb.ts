import { useMutation } from '@tanstack/react-query';
import { send } from '../api/client';
import type { Guest, TaskInfo } from '../api/types';

export const simpleVerbs = ['start', 'resume', 'shutdown', 'reboot', 'pause', 'suspend', 'reset', 'stop'] as const;
export type SimpleVerb = (typeof simpleVerbs)[number] | 'delete';

/** Asks for a verb; the answer is a task, whose progress comes by the event stream. */
export function useGuestVerb(guest: Guest) {
  return useMutation({
    mutationFn: (verb: SimpleVerb) =>
      verb === 'delete'
        ? send<TaskInfo>('DELETE', `/guests/${guest.id}`)
        : send<TaskInfo>('POST', `/guests/${guest.id}:${verb}`),
  });
}
