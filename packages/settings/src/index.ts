/** Reads an app's settings, judges its secrets, and generates development secrets once. */
export { readSettings, type SettingsOptions, type WellFormed } from './read-settings.ts';
export { field } from './fields.ts';
export { type Mode, modeOf } from './mode.ts';
export { type Problem, SettingsError } from './problem.ts';
export { type CookieMode, cookieModes, topologyProblems } from './topology.ts';
export { cookieDomainOf } from './cookie-domain.ts';
export { requiredSecret } from './secrets.ts';
export { demoUser } from './demo-user.ts';
