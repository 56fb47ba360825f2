/** Keeps the stack that the last test used, for the next one that wants the same: one at a time, two cores are few. */
import { type Stack, type StackOptions, startStack } from './stack.ts';

/** Who closes it, stops what runs. */
export interface StackPool {
  /** The running stack with exactly these options, which others may have used before. */
  take(options: StackOptions): Promise<Stack>;
  close(): Promise<void>;
}

/** Starts nothing yet. */
export function openStackPool(): StackPool {
  let held: { readonly key: string; readonly stack: Stack } | undefined;
  const close = async (): Promise<void> => {
    const stack = held?.stack;
    held = undefined;
    await stack?.close();
  };
  return {
    async take(options) {
      const key = JSON.stringify(options);
      if (held?.key === key) return held.stack;
      await close();
      const stack = await startStack(options);
      held = { key, stack };
      return stack;
    },
    close,
  };
}
