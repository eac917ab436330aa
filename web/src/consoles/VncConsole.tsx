import { Button, ToolbarItem } from '@patternfly/react-core';
import RFB from '@novnc/novnc';
import { useEffect, useRef, useState } from 'react';
import type { Guest } from '../api/types';
import { text } from '../text/en';
import { ConsoleFrame, type ConsoleState } from './ConsoleFrame';
import { useConsoleTicket } from './useConsoleTicket';

export default function VncConsole({ guest }: { guest: Guest }) {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<ConsoleState>('connecting');
  const [reason, setReason] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const screen = useRef<RFB | null>(null);
  const { ticket, info, url } = useConsoleTicket(guest, 'vnc', attempt);

  useEffect(() => {
    if (!url || !place.current) return;
    const rfb = new RFB(place.current, url, { wsProtocols: ['binary'], shared: true });
    screen.current = rfb;
    rfb.scaleViewport = true;
    rfb.background = '#151515';
    rfb.addEventListener('connect', () => {
      setState('open');
      rfb.focus();
    });
    rfb.addEventListener('securityfailure', (event) => setReason((event as CustomEvent<{ reason?: string }>).detail.reason ?? null));
    rfb.addEventListener('disconnect', (event) =>
      setState((event as CustomEvent<{ clean: boolean }>).detail.clean ? 'closed' : 'failed'),
    );
    return () => {
      screen.current = null;
      rfb.disconnect();
    };
  }, [url]);

  const refusal = ticket.isError ? ticket.error.message : ticket.data && !url ? (info?.reason?.text ?? text.console.none) : null;
  return (
    <ConsoleFrame
      state={refusal ? 'failed' : state}
      reason={refusal ?? reason}
      onReconnect={() => {
        setState('connecting');
        setReason(null);
        setAttempt(attempt + 1);
      }}
      tools={
        <ToolbarItem>
          <Button variant="secondary" onClick={() => screen.current?.sendCtrlAltDel()}>
            {text.console.ctrlAltDel}
          </Button>
        </ToolbarItem>
      }
    >
      <div ref={place} className="av-screen" aria-label={text.guest.tabs.vnc} />
    </ConsoleFrame>
  );
}
