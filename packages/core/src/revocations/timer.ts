/** Timers that never keep a process alive: whoever shuts down need not wait for a pause of ours. */

/** Runs once after `ms` milliseconds, unless the function that it returns is called before. */
export function startTimer(ms: number, run: () => void): () => void {
  const handle = setTimeout(run, ms);
  release(handle);
  return () => clearTimeout(handle);
}

/** Resolves after `ms` milliseconds, or at once when the signal is aborted. Never rejects. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = startTimer(ms, done);
    if (signal.aborted) done();
    signal.addEventListener('abort', done, { once: true });
  });
}

interface Releasable {
  unref(): unknown;
}

/** Node's timers are objects that can be let go of; those of the Web are numbers that keep nothing alive. */
function release(handle: unknown): void {
  if (isReleasable(handle)) handle.unref();
}

function isReleasable(handle: unknown): handle is Releasable {
  return typeof handle === 'object' && handle !== null && 'unref' in handle && typeof handle.unref === 'function';
}
