import { describe, expect, it } from 'vitest';
import { registerRequest } from '../src/credentials.ts';
import { errorTable, fieldErrors } from '../src/errors.ts';
import { isRequestId } from '../src/headers.ts';

describe('error table', () => {
  it('uses each code with a client or server error status', () => {
    const statuses = Object.values(errorTable).map((entry) => entry.status);
    expect(statuses.every((status) => status >= 400 && status < 600)).toBe(true);
  });

  it('never repeats the value that was refused', () => {
    const result = registerRequest.safeParse({ email: 'not-an-address', password: 'hunter2' });
    const errors = result.error ? fieldErrors(result.error) : [];
    expect(errors.map((error) => error.path).toSorted()).toEqual(['email', 'password']);
    expect(JSON.stringify(errors)).not.toMatch(/hunter2|not-an-address/);
  });
});

describe('request id', () => {
  it.each(['8c1f7a2e-1b1d-4a39-9d0a-1f1f2b6f3a10', 'req_00000001'])('adopts %s', (value) => {
    expect(isRequestId(value)).toBe(true);
  });

  it.each(['', 'a b c d e f g', 'x'.repeat(129), 'abc\ndefgh', '<script>', 'ééééééééé', null, undefined])(
    'refuses %j',
    (value) => {
      expect(isRequestId(value)).toBe(false);
    },
  );
});
