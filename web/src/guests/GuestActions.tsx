import {
  ActionList,
  ActionListItem,
  Alert,
  Button,
  Dropdown,
  DropdownItem,
  DropdownList,
  MenuToggle,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Tooltip,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../api/client';
import type { Guest, TaskInfo } from '../api/types';
import { TaskState } from '../tasks/TasksPage';
import { text } from '../text/en';
import { simpleVerbs, useGuestVerb, type SimpleVerb } from './useGuestVerb';

const inFront: SimpleVerb[] = ['start', 'resume', 'shutdown', 'reboot'];

/** What can be done to the guest now; what can't says why before it is pressed. */
export function GuestActions({ guest }: { guest: Guest }) {
  const ask = useGuestVerb(guest);
  const [open, setOpen] = useState(false);
  const [confirming, setConfirming] = useState<SimpleVerb | null>(null);

  const verdict = (verb: SimpleVerb) => guest.actions?.[verb];
  const reason = (verb: SimpleVerb) => (verdict(verb)?.allowed ? undefined : (verdict(verb)?.reason?.text ?? undefined));
  const disabled = (verb: SimpleVerb) => !verdict(verb)?.allowed || ask.isPending;
  const choose = (verb: SimpleVerb) => {
    setOpen(false);
    if (verb === 'stop' || verb === 'delete') setConfirming(verb);
    else ask.mutate(verb);
  };
  const behind = [...simpleVerbs.filter((verb) => !inFront.includes(verb)), 'delete' as const];

  return (
    <>
      <ActionList>
        {inFront.map((verb) => (
          <ActionListItem key={verb}>
            <WithReason reason={reason(verb)}>
              <Button
                variant={verb === 'start' ? 'primary' : 'secondary'}
                isAriaDisabled={disabled(verb)}
                onClick={() => choose(verb)}
              >
                {text.verbs[verb]}
              </Button>
            </WithReason>
          </ActionListItem>
        ))}
        <ActionListItem>
          <Dropdown
            isOpen={open}
            onOpenChange={setOpen}
            toggle={(ref) => (
              <MenuToggle ref={ref} isExpanded={open} onClick={() => setOpen(!open)}>
                {text.guest.actions}
              </MenuToggle>
            )}
          >
            <DropdownList>
              {behind.map((verb) => (
                <DropdownItem
                  key={verb}
                  isAriaDisabled={disabled(verb)}
                  isDanger={verb === 'delete'}
                  description={reason(verb)}
                  onClick={() => !disabled(verb) && choose(verb)}
                >
                  {text.verbs[verb]}
                </DropdownItem>
              ))}
            </DropdownList>
          </Dropdown>
        </ActionListItem>
      </ActionList>
      {ask.isError && <Alert isInline variant="danger" title={ask.error.message} />}
      {ask.data && <TaskLine id={ask.data.id} verb={ask.variables ?? ''} />}
      <Modal variant="small" isOpen={confirming !== null} onClose={() => setConfirming(null)} aria-labelledby="confirm-title">
        <ModalHeader title={text.verbs[confirming ?? ''] ?? ''} labelId="confirm-title" />
        <ModalBody>
          {confirming === 'delete' ? text.guest.confirmDelete(guest.name) : text.guest.confirmStop(guest.name)}
        </ModalBody>
        <ModalFooter>
          <Button
            variant="danger"
            onClick={() => {
              if (confirming) ask.mutate(confirming);
              setConfirming(null);
            }}
          >
            {text.guest.confirm}
          </Button>
          <Button variant="link" onClick={() => setConfirming(null)}>
            {text.guest.cancel}
          </Button>
        </ModalFooter>
      </Modal>
    </>
  );
}

function WithReason({ reason, children }: { reason?: string; children: React.ReactElement }) {
  return reason ? <Tooltip content={reason}>{children}</Tooltip> : children;
}

/** The task just asked for, until it ends and after. */
function TaskLine({ id, verb }: { id: string; verb: string }) {
  const task = useQuery({ queryKey: ['task', id], queryFn: () => get<TaskInfo>(`/tasks/${id}`) });
  if (!task.data) return null;
  return (
    <p role="status">
      {text.verbs[verb]} <TaskState task={task.data} /> {task.data.error?.detail}
    </p>
  );
}
