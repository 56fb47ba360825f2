/** A Chromium profile that says how third-party cookies are treated. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const cookieControlsMode = { allowed: 0, blocked: 1 } as const;

export function writeProfile(folder: string, thirdPartyCookies: keyof typeof cookieControlsMode): void {
  const preferences = {
    profile: {
      cookie_controls_mode: cookieControlsMode[thirdPartyCookies],
      block_third_party_cookies: thirdPartyCookies === 'blocked',
    },
  };
  mkdirSync(path.join(folder, 'Default'), { recursive: true });
  writeFileSync(path.join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
}
