import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretProblems } from '../src/secrets.ts';

const rulesOf = (secret: string): string[] =>
  secretProblems(['API_SECRET'], { NODE_ENV: 'production', API_SECRET: secret }).map(({ rule }) => rule);
const isDefault = ['must not be a default, an example or one repeated character'];
const random = randomBytes(36).toString('base64url');

describe('a secret in production', () => {
  it.each(['xxX9', 'XXX-', 'todoA', 'Todo-', 'x', 'chang', 'your', 'secre'])(
    'may begin with %s, as a generated one does now and then',
    (beginning) => {
      expect(rulesOf(`${beginning}${'q7'.repeat(20)}`)).toEqual([]);
    },
  );

  it.each(['xxx.', 'XXXXXX', 'xxx ', 'todo ', 'TODO:', 'change-me-', 'secret', 'your-', '<a secret of '])(
    'must not begin with %s, as a placeholder does',
    (beginning) => {
      expect(rulesOf(`${beginning} ${random}`)).toEqual(isDefault);
    },
  );

  it('is as the remedy makes it', () => {
    const refused = Array.from({ length: 50_000 }, () => randomBytes(48).toString('base64')).filter(
      (secret) => rulesOf(secret).length > 0,
    );
    expect(refused).toEqual([]);
  });
});
