/**
 * Hands Next.js the configuration that its build has resolved, in the way of its own standalone server.
 * The image of the frontend has no compiler that `next.config.ts` could be read with. Load it with `node --import`.
 */
import { readFileSync } from 'node:fs';

const { config } = JSON.parse(readFileSync('.next/required-server-files.json', 'utf8'));
process.env['__NEXT_PRIVATE_STANDALONE_CONFIG'] = JSON.stringify(config);
