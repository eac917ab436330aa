import type { Page, Problem } from './types';

/** An answer that is not a success, with the server's own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | null,
  ) {
    super(problem?.detail ?? problem?.title ?? `The server answered ${status}.`);
  }
}

const base = '/api/v1';

async function call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const response = await fetch(base + path, {
    method,
    signal,
    credentials: 'same-origin',
    headers: {
      // Foreign pages can't send this header: it proves that the request comes from our own page.
      'X-Anyvisor-Web': '1',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.ok) return response;
  const isProblem = response.headers.get('Content-Type')?.includes('json') ?? false;
  throw new ApiError(response.status, isProblem ? ((await response.json()) as Problem) : null);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await call('GET', path, undefined, signal)).json() as Promise<T>;
}

export async function send<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await call(method, path, body);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export interface ListQuery {
  filter?: string;
  sort?: string;
  limit?: number;
  cursor?: string;
}

export function list<T>(kind: string, query: ListQuery, signal?: AbortSignal): Promise<Page<T>> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, String(value));
  return get<Page<T>>(`/${kind}?${parameters.toString()}`, signal);
}
