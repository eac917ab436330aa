import { describe, expect, it } from 'vitest';
import { ago, bytes } from './format';

describe('bytes', () => {
  it('writes IEC units with at most one digit after the point', () => {
    expect(bytes(268435456)).toBe('256 MiB');
    expect(bytes(1610612736)).toBe('1.5 GiB');
    expect(bytes(0)).toBe('0 B');
  });
  it('shows what is not known as a dash, not as zero', () => {
    expect(bytes(null)).toBe('–');
    expect(bytes(undefined)).toBe('–');
  });
});

describe('ago', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  it('takes the largest unit that fits', () => {
    expect(ago('2026-01-01T11:59:30Z', now)).toBe('30 s ago');
    expect(ago('2026-01-01T11:57:00Z', now)).toBe('3 min ago');
    expect(ago('2025-12-30T12:00:00Z', now)).toBe('2 d ago');
  });
  it('never says that something was seen in the future', () => {
    expect(ago('2026-01-01T12:00:05Z', now)).toBe('0 s ago');
  });
});
