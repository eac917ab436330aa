import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { ApiError } from '../api/client';
import { text } from '../text/en';

/** What went wrong in the server's own words, and a way to try again. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <EmptyState status="danger" titleText={problem?.title ?? text.failed} headingLevel="h2">
      <EmptyStateBody>
        {error instanceof Error ? error.message : String(error)}
        {problem?.nativeMessage && <p>{problem.nativeMessage}</p>}
      </EmptyStateBody>
      {onRetry && (
        <EmptyStateFooter>
          <EmptyStateActions>
            <Button onClick={onRetry}>{text.retry}</Button>
          </EmptyStateActions>
        </EmptyStateFooter>
      )}
    </EmptyState>
  );
}
