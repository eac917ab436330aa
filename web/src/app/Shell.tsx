import {
  Button,
  Label,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadMain,
  MastheadToggle,
  Nav,
  NavItem,
  NavList,
  Page,
  PageSidebar,
  PageSidebarBody,
  PageToggleButton,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core';
import BarsIcon from '@patternfly/react-icons/dist/esm/icons/bars-icon';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { NavLink, useLocation } from 'react-router';
import { send } from '../api/client';
import type { StreamState } from '../api/eventStream';
import { text } from '../text/en';
import type { Session } from './App';

const places = [
  ['/guests', text.nav.guests],
  ['/hosts', text.nav.hosts],
  ['/providers', text.nav.providers],
  ['/tasks', text.nav.tasks],
] as const;

/** The frame around every view: where to go, whether what is shown is live, who is signed in. */
export function Shell({ session, stream, children }: { session: Session; stream: StreamState; children: ReactNode }) {
  const queries = useQueryClient();
  const { pathname } = useLocation();
  const signOut = async () => {
    await send('DELETE', '/session');
    queries.clear();
    await queries.resetQueries();
  };

  const masthead = (
    <Masthead>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton variant="plain" aria-label="Navigation" isHamburgerButton={false}>
            <BarsIcon />
          </PageToggleButton>
        </MastheadToggle>
        <MastheadBrand>
          <NavLink to="/guests" className="av-brand">
            <img src="/favicon.svg" alt="" />
            {text.product}
          </NavLink>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isStatic>
          <ToolbarContent>
            <ToolbarGroup align={{ default: 'alignEnd' }} gap={{ default: 'gapMd' }}>
              <ToolbarItem>
                <Liveness stream={stream} />
              </ToolbarItem>
              <ToolbarItem visibility={{ default: 'hidden', md: 'visible' }}>
                {session.name} ({session.role})
              </ToolbarItem>
              <ToolbarItem>
                <Button variant="link" onClick={() => void signOut()}>
                  {text.signOut}
                </Button>
              </ToolbarItem>
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );

  const sidebar = (
    <PageSidebar>
      <PageSidebarBody>
        <Nav aria-label="Views">
          <NavList>
            {places.map(([to, label]) => (
              <NavItem key={to} isActive={pathname.startsWith(to)}>
                <NavLink to={to}>{label}</NavLink>
              </NavItem>
            ))}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );

  return (
    <Page masthead={masthead} sidebar={sidebar} isManagedSidebar>
      {children}
    </Page>
  );
}

function Liveness({ stream }: { stream: StreamState }) {
  if (stream.live)
    return (
      <Label color="green" isCompact>
        {text.live.on}
      </Label>
    );
  return (
    <Label color="orange" isCompact role="status">
      {text.live.off} {stream.since.toLocaleTimeString()}
    </Label>
  );
}
