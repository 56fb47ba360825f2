import type { NextConfig } from 'next';

/** Of every response of ours, whoever answers: page, route handler, guard. Relayed ones get what core gives them. */
const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Content-Security-Policy', value: "frame-ancestors 'none'" },
];

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  headers: async () => [{ source: '/((?!api/proxy/).*)', headers: securityHeaders }],
  // Next.js would write an AGENTS.md into the repository and ask the network for advisories at every start.
  agentRules: false,
  experimental: { agentUpgrade: false },
};

export default config;
