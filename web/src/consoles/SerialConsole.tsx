import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef, useState } from 'react';
import type { Guest } from '../api/types';
import { text } from '../text/en';
import { ConsoleFrame, type ConsoleState } from './ConsoleFrame';
import { useConsoleTicket } from './useConsoleTicket';

export default function SerialConsole({ guest }: { guest: Guest }) {
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<ConsoleState>('connecting');
  const [reason, setReason] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const { ticket, info, url } = useConsoleTicket(guest, 'serial', attempt);

  useEffect(() => {
    if (!url || !place.current) return;
    const terminal = new Terminal({ cursorBlink: true, scrollback: 5000, fontSize: 14 });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(place.current);
    fit.fit();
    const resized = new ResizeObserver(() => fit.fit());
    resized.observe(place.current);

    const socket = new WebSocket(url, 'binary');
    socket.binaryType = 'arraybuffer';
    const keys = new TextEncoder();
    socket.onopen = () => {
      setState('open');
      terminal.focus();
    };
    socket.onmessage = (message) => terminal.write(new Uint8Array(message.data as ArrayBuffer));
    socket.onclose = (event) => {
      setReason(event.reason);
      setState((before) => (before === 'connecting' ? 'failed' : 'closed'));
    };
    const typed = terminal.onData((data) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(keys.encode(data));
    });
    return () => {
      socket.onclose = null;
      socket.close();
      resized.disconnect();
      typed.dispose();
      terminal.dispose();
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
    >
      <div ref={place} className="av-terminal" aria-label={text.guest.tabs.serial} />
    </ConsoleFrame>
  );
}
