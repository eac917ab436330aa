import { Bullseye, Spinner } from '@patternfly/react-core';
import { text } from '../text/en';

export function Loading() {
  return (
    <Bullseye>
      <Spinner aria-label={text.list.loading} />
    </Bullseye>
  );
}
