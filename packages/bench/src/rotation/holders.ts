/** A client that holds one session and rotates it, again and again: the shape that both contestants share. */

/** What a session's refresh tokens are computed from. */
export interface HeldSession {
  readonly id: string;
  readonly generation: number;
  readonly secret: Uint8Array;
  readonly keyId: string;
}

/** Rotates its own session once. Throws where that does not succeed, for nobody else holds it. */
export type Holder = () => Promise<void>;

/** A way to rotate, and the connections under it. */
export interface Rotator {
  holder(session: HeldSession): Holder;
  close(): Promise<void>;
}

/** What one round came to. */
export interface Speed {
  readonly perSecond: number;
  /** This process's processor time per rotation in microseconds. PostgreSQL's own is not in it. */
  readonly cpu: number;
}

/** Lets every holder rotate without a pause until time is up. */
export async function rotateFor(seconds: number, holders: readonly Holder[]): Promise<Speed> {
  const [cpuBefore, startedAt] = [process.cpuUsage(), performance.now()];
  const deadline = startedAt + seconds * 1000;
  let rotations = 0;
  const work = holders.map(async (rotate) => {
    while (performance.now() < deadline) {
      await rotate();
      rotations += 1;
    }
  });
  await Promise.all(work);
  const { user, system } = process.cpuUsage(cpuBefore);
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  return { perSecond: rotations / elapsedSeconds, cpu: (user + system) / rotations };
}
