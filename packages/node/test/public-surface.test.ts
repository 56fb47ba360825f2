import { expect, it } from 'vitest';
import * as node from '../src/index.ts';

it('exports exactly what the README names', () => {
  expect(Object.keys(node)).toEqual(['createRelayHandler']);
});
