import { Label, type LabelProps } from '@patternfly/react-core';
import BanIcon from '@patternfly/react-icons/dist/esm/icons/ban-icon';
import ExclamationCircleIcon from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon';
import InProgressIcon from '@patternfly/react-icons/dist/esm/icons/in-progress-icon';
import MoonIcon from '@patternfly/react-icons/dist/esm/icons/moon-icon';
import OffIcon from '@patternfly/react-icons/dist/esm/icons/off-icon';
import PauseCircleIcon from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon';
import PlayIcon from '@patternfly/react-icons/dist/esm/icons/play-icon';
import QuestionCircleIcon from '@patternfly/react-icons/dist/esm/icons/question-circle-icon';
import type { Guest } from '../api/types';
import { text } from '../text/en';

// Word and icon say it too: colour alone tells nothing to one in twelve men.
const looks: Record<string, Pick<LabelProps, 'color' | 'icon'>> = {
  on: { color: 'green', icon: <PlayIcon /> },
  off: { color: 'grey', icon: <OffIcon /> },
  paused: { color: 'blue', icon: <PauseCircleIcon /> },
  suspended: { color: 'purple', icon: <MoonIcon /> },
  crashed: { color: 'red', icon: <ExclamationCircleIcon /> },
  unknown: { color: 'orange', icon: <QuestionCircleIcon /> },
};

export function PowerLabel({ guest }: { guest: Pick<Guest, 'power' | 'transition' | 'presence'> }) {
  if (guest.presence !== 'present')
    return (
      <Label color="orange" icon={<BanIcon />} isCompact>
        {guest.presence === 'missing' ? text.guest.presence.missing : text.guest.presence.unreachable}
      </Label>
    );
  if (guest.transition && guest.transition !== 'none')
    return (
      <Label color="teal" icon={<InProgressIcon />} isCompact>
        {guest.transition}
      </Label>
    );
  const look = looks[guest.power ?? 'unknown'] ?? looks.unknown;
  return (
    <Label {...look} isCompact>
      {guest.power}
    </Label>
  );
}
