/** The first step of each app's start: environment in, usable settings out, or every problem at once. */
import path from 'node:path';
import { z } from 'zod';
import { developmentSecrets } from './development-secrets.ts';
import { type Environment, type Mode, modeOf } from './mode.ts';
import { type Problem, SettingsError } from './problem.ts';
import { secretProblems } from './secrets.ts';
import { withDotEnv, workspaceRoot } from './workspace.ts';

type Settings<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;
type SecretNames<Shape extends z.ZodRawShape> = readonly (keyof Shape & string)[];

/** Settings by name; those that broke their own rule are undefined. */
export type WellFormed<Shape extends z.ZodRawShape> = {
  readonly [Name in keyof Shape]?: z.output<Shape[Name]> | undefined;
};

/** What an app reads: `shape` maps setting names to schemas built from `field`. */
export interface SettingsOptions<Shape extends z.ZodRawShape> {
  readonly environment: Environment;
  readonly shape: Shape;
  /** Settings that hold secrets: required in production, generated once in development. May depend on other settings. */
  readonly secrets: SecretNames<Shape> | ((environment: Environment) => SecretNames<Shape>);
  /** Rules beyond a single value's form. They see what passed its own, so that every problem is told at once. */
  readonly rules?: (settings: WellFormed<Shape>, mode: Mode) => readonly Problem[];
  /** The folder to look for the workspace from; the working directory by default. */
  readonly workingDirectory?: string;
}

/** Usable settings, the mode they were judged in, and the absolute data folder (`DATA_DIR`). */
export interface SettingsResult<Shape extends z.ZodRawShape> {
  readonly settings: Settings<Shape>;
  readonly mode: Mode;
  readonly dataDir: string;
}

/**
 * Reads settings from the environment, with a `.env` at the workspace root below it.
 *
 * @throws {SettingsError} naming every setting that cannot work, the rule and the remedy.
 */
export function readSettings<Shape extends z.ZodRawShape>(options: SettingsOptions<Shape>): SettingsResult<Shape> {
  const root = workspaceRoot(options.workingDirectory ?? process.cwd());
  const given = withDotEnv(options.environment, root);
  const mode = modeOf(given);
  const dataDir = path.resolve(root, given['DATA_DIR']?.trim() || '.data');
  const secrets = typeof options.secrets === 'function' ? options.secrets(given) : options.secrets;
  const environment = mode === 'production' ? given : withGeneratedSecrets(given, secrets, dataDir);

  const result = z.object(options.shape).safeParse(pick(environment, Object.keys(options.shape)));
  const problems = [
    ...secretProblems(secrets, environment),
    ...(result.error?.issues.map(asProblem) ?? []),
    ...(options.rules?.(wellFormed(options.shape, environment), mode) ?? []),
  ];
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return { settings: result.data, mode, dataDir };
}

function withGeneratedSecrets(given: Environment, names: readonly string[], dataDir: string): Environment {
  const missing = names.filter((name) => !given[name]?.trim());
  if (missing.length === 0) return given;
  return { ...given, ...pick(developmentSecrets(dataDir), missing) };
}

function wellFormed<Shape extends z.ZodRawShape>(shape: Shape, environment: Environment): WellFormed<Shape> {
  const settings: { -readonly [Name in keyof Shape]?: z.output<Shape[Name]> | undefined } = {};
  for (const name in shape) settings[name] = outputOf<Shape[typeof name]>(shape[name], environment[name]);
  return settings;
}

function outputOf<Schema extends z.core.$ZodType>(schema: Schema | undefined, text: string | undefined) {
  return schema && z.safeParse(schema, text).data;
}

function pick(environment: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

function asProblem(issue: z.core.$ZodIssue): Problem {
  return { setting: issue.path.map(String).join('.'), rule: issue.message, remedy: 'see .env.example' };
}
