/** Reads a Dockerfile as data: its stages, and what each does in order. Knows the instructions that ours has, and no more. */

/** One step of a stage. `CMD` and `HEALTHCHECK` are programs with arguments, never a shell's line. */
export type Step =
  | {
      readonly kind: 'copy';
      readonly from: string | undefined;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly kind: 'env'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'workdir'; readonly folder: string }
  | { readonly kind: 'run'; readonly line: string }
  | { readonly kind: 'user'; readonly name: string }
  | { readonly kind: 'stopsignal'; readonly signal: string }
  | { readonly kind: 'expose'; readonly port: number }
  | { readonly kind: 'healthcheck' | 'cmd'; readonly command: readonly string[] };

/** What one `FROM` begins. */
export interface Stage {
  readonly name: string;
  /** Another stage, or an image of somebody else. */
  readonly base: string;
  readonly steps: readonly Step[];
}

type Reader = (words: readonly string[], rest: string) => Step;

const readers: Readonly<Record<string, Reader>> = {
  COPY: (words) => {
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
    const paths = words.filter((word) => !word.startsWith('--'));
    return { kind: 'copy', from, sources: paths.slice(0, -1), to: paths.at(-1) ?? '.' };
  },
  ENV: (words) => ({ kind: 'env', variables: Object.fromEntries(words.map(assignment)) }),
  WORKDIR: (_words, rest) => ({ kind: 'workdir', folder: rest }),
  RUN: (_words, rest) => ({ kind: 'run', line: rest }),
  USER: (_words, rest) => ({ kind: 'user', name: rest }),
  STOPSIGNAL: (_words, rest) => ({ kind: 'stopsignal', signal: rest }),
  EXPOSE: (_words, rest) => ({ kind: 'expose', port: Number(rest) }),
  HEALTHCHECK: (_words, rest) => ({ kind: 'healthcheck', command: commandOf(rest.slice(rest.indexOf('CMD') + 3)) }),
  CMD: (_words, rest) => ({ kind: 'cmd', command: commandOf(rest) }),
};

/**
 * Reads the stages, in order.
 *
 * @throws {TypeError} for an instruction or a form that it does not know.
 */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; base: string; steps: Step[] }[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [instruction = '', ...words] = line.trim().split(/\s+/);
    const rest = line.trim().slice(instruction.length).trim();
    if (instruction === 'FROM') {
      const [base = '', as = '', name = ''] = words;
      if (as !== 'AS' || name === '') throw new TypeError(`a stage without a name: ${line}`);
      stages.push({ name, base, steps: [] });
      continue;
    }
    const read = readers[instruction];
    const stage = stages.at(-1);
    if (!read || !stage) throw new TypeError(`an instruction that is not understood: ${line}`);
    stage.steps.push(read(words, rest));
  }
  return stages;
}

function assignment(word: string): readonly [string, string] {
  const [, name = '', value = ''] = /^([A-Za-z_]\w*)=(\S*)$/.exec(word) ?? [];
  if (name === '') throw new TypeError(`not an assignment: ${word}`);
  return [name, value];
}

function commandOf(text: string): readonly string[] {
  const parsed: unknown = JSON.parse(text);
  if (!Array.isArray(parsed)) throw new TypeError(`not a list of words: ${text}`);
  return parsed.map(String);
}
