import { Alert, Button, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { text } from '../text/en';

export type ConsoleState = 'connecting' | 'open' | 'closed' | 'failed';

/** What every console has around it: its state, and a way back in. */
export function ConsoleFrame({
  state,
  reason,
  onReconnect,
  tools,
  children,
}: {
  state: ConsoleState;
  reason?: string | null;
  onReconnect: () => void;
  tools?: ReactNode;
  children: ReactNode;
}) {
  const ended = state === 'closed' || state === 'failed';
  return (
    <>
      <Toolbar>
        <ToolbarContent>
          {state === 'connecting' && <ToolbarItem role="status">{text.console.connecting}</ToolbarItem>}
          {ended && (
            <ToolbarItem>
              <Button onClick={onReconnect}>{text.console.reconnect}</Button>
            </ToolbarItem>
          )}
          {state === 'open' && tools}
        </ToolbarContent>
      </Toolbar>
      {ended && (
        <Alert
          isInline
          variant={state === 'failed' ? 'danger' : 'info'}
          title={state === 'failed' ? text.console.failed : text.console.closed}
        >
          {reason}
        </Alert>
      )}
      {children}
    </>
  );
}
