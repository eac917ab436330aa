import { Button, Label, Progress, ProgressMeasureLocation, Tooltip } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { send } from '../api/client';
import type { TaskInfo } from '../api/types';
import { ListView, type Column } from '../components/ListView';
import { text } from '../text/en';
import { ago } from '../text/format';

const t = text.task.columns;

const columns: Column<TaskInfo>[] = [
  { label: t.what, cell: (task) => task.kind },
  { label: t.target, cell: (task) => <Target task={task} /> },
  { label: t.state, cell: (task) => <TaskState task={task} /> },
  { label: t.progress, cell: (task) => <TaskProgress task={task} /> },
  { label: t.actor, from: 'Lg', cell: (task) => task.actor },
  { label: t.when, cell: (task) => ago(task.createdAt) },
  { label: '', cell: (task) => <Cancel task={task} /> },
];

export function TasksPage() {
  return (
    <ListView<TaskInfo>
      title={text.nav.tasks}
      kind="tasks"
      columns={columns}
      rowKey={(task) => task.id}
      whole
      emptyHint={text.task.empty}
    />
  );
}

function Target({ task }: { task: TaskInfo }) {
  const id = task.target.type === 'guest' ? (task.result ?? task.target.id) : null;
  return id ? <Link to={`/guests/${id}`}>{task.target.name}</Link> : <>{task.target.name}</>;
}

const colors: Record<string, 'green' | 'red' | 'blue' | 'grey' | 'orange'> = {
  succeeded: 'green',
  failed: 'red',
  running: 'blue',
  cancelling: 'blue',
  queued: 'grey',
  cancelled: 'grey',
  'needs-check': 'orange',
};

export function TaskState({ task }: { task: TaskInfo }) {
  const label = (
    <Label isCompact color={colors[task.state ?? ''] ?? 'grey'}>
      {task.state}
    </Label>
  );
  const why = task.error?.detail ?? task.error?.title;
  return why ? <Tooltip content={why}>{label}</Tooltip> : label;
}

function TaskProgress({ task }: { task: TaskInfo }) {
  const step = task.steps?.find((candidate) => candidate.state === 'running')?.label;
  return (
    <Progress
      style={{ minWidth: '14rem' }}
      aria-label={text.task.columns.progress}
      value={Math.round((task.progress ?? 0) * 100)}
      measureLocation={ProgressMeasureLocation.outside}
      helperText={step}
      size="sm"
    />
  );
}

function Cancel({ task }: { task: TaskInfo }) {
  const cancel = useMutation({ mutationFn: () => send('POST', `/tasks/${task.id}:cancel`) });
  if (task.state !== 'running' && task.state !== 'queued') return null;
  return (
    <Button variant="link" size="sm" isInline isLoading={cancel.isPending} onClick={() => cancel.mutate()}>
      {text.task.cancel}
    </Button>
  );
}
