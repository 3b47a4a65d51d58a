import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseFile } from './document';
import { members, problem, text, type Setting } from './reader';
import { unreadable, type SecretSource } from './secrets';

/** A file of the directory: one brand and, unless it is on the partner route, its credential. */
export interface BrandFile {
  readonly brand: Readonly<Record<'brandId' | 'name' | 'route' | 'partner' | 'limits' | 'budget', Setting>>;
  readonly credential: Setting;
  /** Paths in the file are relative to it. */
  readonly source: SecretSource;
}

/**
 * Reads the files `*.yaml`, `*.yml` and `*.json` of a directory, in the order of their names: a service provider adds a brand by
 * adding a file. The directory is watched like the files.
 */
export const readBrandFiles = async (
  setting: Setting,
  source: SecretSource,
): Promise<readonly BrandFile[]> => {
  if (setting.value === undefined) return [];
  const path = text(setting, { as: 'the path of a directory' });
  if (path === undefined) return [];
  const directory = resolve(dirname(source.file), path);
  source.onRead?.(directory);
  let names: readonly string[];
  try {
    names = readdirSync(directory).filter((name) => /^[^.].*\.(ya?ml|json)$/.test(name));
  } catch (error) {
    problem(setting, unreadable(error, source).replace('the file', 'the directory'));
    return [];
  }
  const files = names.toSorted().map(async (name): Promise<readonly BrandFile[]> => {
    const file = join(directory, name);
    source.onRead?.(file);
    source.onFile?.({ setting: `the brand file ${name}`, file, isPublic: true });
    const whole = { path: join(path, name), value: undefined, problems: setting.problems };
    try {
      const parsed = parseFile(await readFile(file, 'utf8'));
      if ('problem' in parsed) {
        problem(whole, parsed.problem);
        return [];
      }
      const { credential, ...brand } = members({ ...whole, value: parsed.value }, fileMembers);
      return [{ brand, credential, source: { ...source, file } }];
    } catch (error) {
      problem(whole, unreadable(error, source));
      return [];
    }
  });
  return (await Promise.all(files)).flat();
};

const fileMembers = ['brandId', 'name', 'route', 'partner', 'limits', 'budget', 'credential'] as const;
