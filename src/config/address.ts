import { problem, text, type Setting, type TextRule } from './reader';
import { secret, type SecretSource } from './secrets';

/** The ways in which an address may be given: itself, or, as it may hold a password, by a file or a variable. */
export interface AddressSettings {
  readonly url: Setting;
  readonly urlFile: Setting;
  readonly urlEnv: Setting;
}

/** The only one that has a value, or the first if none has; a problem if several have. */
export const onlyOneOf = (settings: Readonly<Record<string, Setting>>): Setting | undefined => {
  const [first] = Object.values(settings);
  const [given = first, ...others] = Object.values(settings).filter(({ value }) => value !== undefined);
  if (given === undefined || others.length === 0) return given;
  const names = Object.keys(settings);
  return problem(given, `write only one of ${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`);
};

/** The address as given, without the line break of a file, under the name of its setting. Problems never contain any part of it. */
export const givenAddress = (
  { url, urlFile, urlEnv }: AddressSettings,
  {
    given,
    rule,
    source,
  }: { readonly given: Setting; readonly rule: TextRule; readonly source: SecretSource },
): (Setting & { readonly value: string }) | undefined => {
  const value = given === url ? text(url, rule) : secret({ byFile: urlFile, byEnv: urlEnv }, { source });
  return value === undefined ? undefined : { ...given, value: value.trim() };
};

/** Whether user, password and path are percent-encoded, so that a client can decode them. */
export const isEncoded = ({ username, password, pathname }: URL): boolean => {
  try {
    decodeURIComponent(username + password + pathname);
    return true;
  } catch {
    return false;
  }
};
