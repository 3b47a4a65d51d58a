import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config';
import { ConfigError } from '../config/reader';
import type { KeyRing, NamedKey } from '../shared/key-ring';
import type { EffectiveRules } from '../graphql/inputs/rules/effective-rules';
import type { Accounts } from '../wechatpay/accounts/accounts';
import type { CallPolicies } from './call-policies';
import { besidesBrands, brandsNamedBy } from './named-brands';
import { planRotation, type Rotation } from '../wechatpay/accounts/rotation';
import type { WechatPaySettings } from '../wechatpay/settings';

/** The effect of a changed configuration. */
export interface Reloaded {
  /** The replaced identities' keys, added and removed credentials, `brands`, `encryptionKeys`, `audit key`, `limits`, `budgets`, `callers`, `rules`, `notifications.confirm`, `trustedDocuments`, and the brands in other sections. */
  readonly applied: readonly string[];
  /** Changed sections that apply only after a restart. */
  readonly atNextStart: readonly string[];
}

/** Why a changed configuration was not applied. */
export class ReloadRefused extends Error {
  override readonly name = 'ReloadRefused';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

export interface ReloadDeps {
  /** The configuration at the start. */
  readonly config: Config;
  readonly accounts: Accounts;
  readonly policies: CallPolicies;
  readonly rules: EffectiveRules;
  readonly keys: KeyRing;
  /** Returns false if the key is already in use. Throws if no file can be created with it; nothing has changed then. */
  readonly replaceAuditKey: (key: KeyObject) => boolean;
  readonly replaceConfirmRules: (rules: Config['notifications']['confirm']) => void;
  readonly replaceDirectoryBrands: (brandIds: readonly string[]) => void;
  /** Called after every reload; `problems` are why it was refused. */
  readonly onReload: (outcome: 'applied' | 'refused', problems?: readonly string[]) => void;
}

export interface Reload {
  /** Applies what can change of a newly read configuration, all or nothing. Rejects as `load` does, or with ReloadRefused. */
  (load: () => Promise<Config>): Promise<Reloaded>;
  /** The configuration in force, as far as it is applied. */
  readonly current: () => Config;
}

export const createReload = ({ config, onReload, ...deps }: ReloadDeps): Reload => {
  let current = config;
  const take = (next: Config): Reloaded => {
    const rotation = planRotation(current.wechatPay, next.wechatPay);
    const problems = [...rotation.problems, ...reusedIds(current.encryptionKeys, next.encryptionKeys)];
    if (problems.length > 0) throw new ReloadRefused(problems);
    const change = { before: current, next, rotation, ...deps };
    const applied = sectionNames.flatMap((name) => sections[name].apply?.(change) ?? []);
    current = next;
    return { applied, atNextStart: sectionNames.filter((name) => waits(name, { started: config, next })) };
  };
  const reload = async (load: () => Promise<Config>): Promise<Reloaded> => {
    try {
      const reloaded = take(await load());
      onReload('applied');
      return reloaded;
    } catch (error) {
      onReload('refused', problemsOf(error));
      throw error;
    }
  };
  return Object.assign(reload, { current: () => current });
};

export const problemsOf = (error: unknown): readonly string[] =>
  error instanceof ConfigError || error instanceof ReloadRefused
    ? error.problems
    : [error instanceof Error ? error.name : 'unknown'];

/** A key id that now belongs to another key: everything encrypted under the id would become unreadable. */
const reusedIds = (before: readonly NamedKey[], after: readonly NamedKey[]): readonly string[] =>
  after
    .filter(({ id, key }) => before.some((known) => known.id === id && !known.key.equals(key)))
    .map(
      ({ id }) =>
        `encryptionKeys: ${id} names another key than before; give the new key a new id and keep the old key in the list`,
    );

const areSame = (before: readonly NamedKey[], after: readonly NamedKey[]): boolean =>
  before.length === after.length &&
  before.every(({ id, key }, index) => after[index]?.id === id && after[index].key.equals(key));

const beginAudit = (key: KeyObject, replace: ReloadDeps['replaceAuditKey']): boolean => {
  try {
    return replace(key);
  } catch {
    throw new ReloadRefused([
      'audit: no file can be begun under the new key; free disk space, or give the process permission to write',
    ]);
  }
};

/** The sections of the file. Those of WeChat Pay are at the same level as the others. */
type Sections = Omit<Config, 'wechatPay'> & WechatPaySettings;

interface Change extends Omit<ReloadDeps, 'config' | 'onReload'> {
  readonly before: Config;
  readonly next: Config;
  readonly rotation: Rotation;
}

/** Applies what has changed of the section, and returns its names. Must not throw, except for `audit`. */
type Apply = (change: Change) => readonly string[];

/** The effect of a change to the section: it is applied, or `fixed` of it waits for a restart, or some of both. */
type Section<T> =
  | { readonly apply: Apply; readonly fixed?: (value: T) => unknown }
  | { readonly apply?: never; readonly fixed: (value: T) => unknown };

/** `name`, if both configurations have the section and it says something else of brands. */
const renamed = (
  section: keyof typeof brandsNamedBy,
  { before, next }: Pick<Change, 'before' | 'next'>,
  name: string,
): readonly string[] => {
  const [former, later] = [brandsNamedBy[section](before), brandsNamedBy[section](next)];
  return former === undefined || later === undefined || isDeepStrictEqual(former, later) ? [] : [name];
};

const all = <T>(value: T): T => value;
const atStart = { fixed: all };

/** Every section is here: the type requires it, so a new section cannot be forgotten. */
const sections: { readonly [Name in keyof Sections]-?: Section<Sections[Name]> } = {
  // First, because no other step can fail.
  audit: {
    apply: ({ next, replaceAuditKey }) =>
      next.audit !== undefined && beginAudit(next.audit.key, replaceAuditKey) ? ['audit key'] : [],
    fixed: (audit) => audit?.directory,
  },
  brandCredentials: {
    apply({ rotation, accounts }) {
      rotation.apply(accounts);
      return rotation.changed;
    },
  },
  // Taken over with the credentials.
  brands: {
    apply: ({ before, next }) =>
      isDeepStrictEqual(before.wechatPay.brands, next.wechatPay.brands) ? [] : ['brands'],
  },
  // Named with the credentials.
  partner: { apply: () => [] },
  partners: { apply: () => [] },
  encryptionKeys: {
    apply({ before, next, keys }) {
      if (areSame(before.encryptionKeys, next.encryptionKeys)) return [];
      keys.replace(next.encryptionKeys);
      return ['encryptionKeys'];
    },
  },
  limits: {
    // With it what brands and callers have of the limits.
    apply({ before, next, policies }) {
      policies.replace(next);
      return isDeepStrictEqual(before.wechatPay.limits, next.wechatPay.limits) ? [] : ['limits'];
    },
  },
  budgets: {
    apply: ({ before, next }) => (isDeepStrictEqual(before.budgets, next.budgets) ? [] : ['budgets']),
  },
  callers: {
    apply: ({ before, next }) => (isDeepStrictEqual(before.callers, next.callers) ? [] : ['callers']),
  },
  rules: {
    apply({ before, next, rules }) {
      rules.replace(next.rules);
      return isDeepStrictEqual(before.rules, next.rules) ? [] : ['rules'];
    },
  },
  // Read for every request, through `current`.
  trustedDocuments: {
    apply: ({ before, next }) =>
      isDeepStrictEqual(before.trustedDocuments, next.trustedDocuments) ? [] : ['trustedDocuments'],
  },
  // The names of files that were read; findings.ts uses the last ones.
  files: { apply: () => [] },
  // Other ids would be other objects to every client.
  ids: atStart,
  server: atStart,
  hosts: atStart,
  timeouts: atStart,
  connections: atStart,
  cache: atStart,
  redis: atStart,
  database: atStart,
  bulk: atStart,
  directory: {
    apply({ before, next, replaceDirectoryBrands }) {
      if (next.directory !== undefined) replaceDirectoryBrands(next.directory.brandIds);
      return renamed('directory', { before, next }, 'directory.brands');
    },
    fixed: besidesBrands.directory,
  },
  // Brands are read for every event, and claims for every token, through `current`.
  webhooks: {
    apply: (change) => renamed('webhooks', change, 'webhooks.brandIds'),
    fixed: besidesBrands.webhooks,
  },
  auth: { apply: (change) => renamed('auth', change, 'auth.jwt.members.brands'), fixed: besidesBrands.auth },
  maxDecryptions: atStart,
  maxDecryptionsPerSecond: atStart,
  notifications: {
    apply({ before, next, replaceConfirmRules }) {
      replaceConfirmRules(next.notifications.confirm);
      return isDeepStrictEqual(before.notifications.confirm, next.notifications.confirm)
        ? []
        : ['notifications.confirm'];
    },
    fixed: ({ confirm: _, ...others }) => others,
  },
  subscriptions: atStart,
  queryLimits: atStart,
  http: atStart,
  network: atStart,
  metrics: atStart,
  tracing: atStart,
};

const sectionNames = Object.keys(sections) as (keyof Sections)[];

/** Whether something of the section waits for a restart. */
const waits = (
  name: keyof Sections,
  { started, next }: { readonly started: Config; readonly next: Config },
): boolean => {
  // The table pairs each function with its section's type; a name chosen at run time loses that type.
  const fixed = sections[name].fixed as ((value: unknown) => unknown) | undefined;
  const of = ({ wechatPay, ...others }: Config): unknown => fixed?.({ ...wechatPay, ...others }[name]);
  return !isDeepStrictEqual(of(started), of(next));
};
