/** Reads an app's settings, judges its secrets, and generates development secrets once. */
export { readSettings, type SettingsOptions } from './read-settings.ts';
export { field } from './fields.ts';
export { type Mode, modeOf } from './mode.ts';
export { type Problem, SettingsError } from './problem.ts';
export { insecureOrigin } from './origin.ts';
export { demoUser } from './demo-user.ts';
