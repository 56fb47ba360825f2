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

/** What an app reads: `shape` maps setting names to schemas built from `field`. */
export interface SettingsOptions<Shape extends z.ZodRawShape> {
  readonly environment: Environment;
  readonly shape: Shape;
  /** Settings that hold secrets: required in production, generated once in development. May depend on other settings. */
  readonly secrets: SecretNames<Shape> | ((environment: Environment) => SecretNames<Shape>);
  /** Rules that involve more than one setting. They see values that passed their own. */
  readonly rules?: (settings: Settings<Shape>, mode: Mode) => readonly Problem[];
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
  const ruleProblems = result.success ? (options.rules?.(result.data, mode) ?? []) : result.error.issues.map(asProblem);
  const problems = [...secretProblems(secrets, environment), ...ruleProblems];
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return { settings: result.data, mode, dataDir };
}

function withGeneratedSecrets(given: Environment, names: readonly string[], dataDir: string): Environment {
  const missing = names.filter((name) => !given[name]?.trim());
  if (missing.length === 0) return given;
  return { ...given, ...pick(developmentSecrets(dataDir), missing) };
}

function pick(environment: Environment, names: readonly string[]): Environment {
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

function asProblem(issue: z.core.$ZodIssue): Problem {
  return { setting: issue.path.map(String).join('.'), rule: issue.message, remedy: 'see .env.example' };
}
