import { ActionGroup, Button, Form, FormGroup, FormHelperText, HelperText, HelperTextItem, LoginPage, TextInput } from '@patternfly/react-core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, send } from '../api/client';
import { text } from '../text/en';

/** Changes a token for a session cookie; the token itself is kept nowhere in the browser. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [token, setToken] = useState('');
  const signIn = useMutation({
    mutationFn: () => send('POST', '/session', { token: token.trim() }),
    onSuccess: () => {
      setToken('');
      onSignedIn();
    },
  });
  const refused = signIn.error instanceof ApiError && signIn.error.status === 401;

  return (
    <LoginPage loginTitle={text.signIn.title} brandImgSrc="/favicon.svg" brandImgAlt={text.product} textContent={text.tagline}>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        <FormGroup label={text.signIn.token} fieldId="token" isRequired>
          <TextInput
            id="token"
            type="password"
            autoComplete="off"
            autoFocus
            isRequired
            value={token}
            onChange={(_, value) => setToken(value)}
            validated={signIn.isError ? 'error' : 'default'}
          />
          <FormHelperText>
            <HelperText>
              <HelperTextItem variant={signIn.isError ? 'error' : 'default'} role={signIn.isError ? 'alert' : undefined}>
                {signIn.isError ? (refused ? text.signIn.refused : signIn.error.message) : text.signIn.help}
              </HelperTextItem>
            </HelperText>
          </FormHelperText>
        </FormGroup>
        <ActionGroup>
          <Button type="submit" isBlock isLoading={signIn.isPending} isDisabled={!token.trim() || signIn.isPending}>
            {text.signIn.submit}
          </Button>
        </ActionGroup>
      </Form>
    </LoginPage>
  );
}
