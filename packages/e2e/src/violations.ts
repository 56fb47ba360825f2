/** What a browser refuses to run or load because of a page's policy, as the page hears of it and as the console does. */
import type { BrowserContext, ConsoleMessage } from '@playwright/test';

const mark = 'policy violated: ';

/** What was refused so far. */
export interface Violations {
  /** Directive and what it kept out, such as `script-src-elem inline`. */
  readonly all: readonly string[];
  /** Complaints of the browser about pages, which it may have without any event. */
  readonly complaints: readonly string[];
}

/** Listens in every page of a context, from before its first script on. */
export async function watchViolations(context: BrowserContext): Promise<Violations> {
  const [all, complaints]: [string[], string[]] = [[], []];
  await context.addInitScript((prefix) => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      // oxlint-disable-next-line no-console -- it is read from outside, and outlives the page
      console.error(`${prefix}${effectiveDirective} ${blockedURI}`);
    });
  }, mark);
  context.on('console', (message) => {
    const text = message.text();
    if (text.startsWith(mark)) all.push(text.slice(mark.length));
    else if (isComplaint(message)) complaints.push(text);
  });
  return { all, complaints };
}

/** Answers that say no are no fault of a page: the console tells of every one. */
function isComplaint(message: ConsoleMessage): boolean {
  const isLoud = message.type() === 'error' || message.type() === 'warning';
  return isLoud && !message.text().startsWith('Failed to load resource: ');
}
