import type { NextConfig } from 'next';
import { largestFormBytes } from './src/posted-form.ts';
import { frontendHeaders } from './src/security-headers.ts';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // No page has an image to resize: the endpoint that resizes for whoever asks, and writes to disk, answers 404.
  images: { unoptimized: true, maximumDiskCacheSize: 0 },
  // Where no custom server sets them. Relayed answers have what core gives them, which these would overrule.
  headers: async () => [
    { source: '/((?!api/proxy/).*)', headers: frontendHeaders().map(([key, value]) => ({ key, value })) },
  ],
  // Next.js would write an AGENTS.md into the repository and ask the network for advisories at every start.
  agentRules: false,
  experimental: { agentUpgrade: false, serverActions: { bodySizeLimit: largestFormBytes } },
};

export default config;
