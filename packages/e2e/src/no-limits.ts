/** Every test comes from one address, and some log in a hundred times: no limit, unless a test is about limits. */
export const noLimits = {
  RATE_LIMIT_LOGIN_PER_ACCOUNT: '0',
  RATE_LIMIT_LOGIN_PER_ADDRESS: '0',
  RATE_LIMIT_REFRESH_PER_SESSION: '0',
} as const;
