import type { Config } from './config';
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
export const loadConfig = (_: { file: string; env: NodeJS.ProcessEnv }): Promise<Config> =>
  Promise.reject(new ConfigError(['todo']));
