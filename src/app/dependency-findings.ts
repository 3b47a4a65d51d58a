import type { AuditLog } from '../audit/audit-log';
import type { DatabaseFailure } from '../database/database';
import { finding, type Finding } from '../operating/finding';
import type { Clock } from '../shared/clock';
import type { Accounts } from '../wechatpay/accounts/accounts';
import type { UpstreamClock } from '../wechatpay/crypto/upstream-clock';

export interface DependencyFindingsDeps {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly upstreamClock: Pick<UpstreamClock, 'skewMs'>;
  /** What is wrong with the shared store. */
  readonly store: () => readonly Finding[];
  /** How many processes of the fleet fell silent without ending. Default: none. */
  readonly vanished?: () => number;
  /** Why the database cannot be used; `undefined` if it can or none is configured. */
  readonly databaseFailure?: () => DatabaseFailure | undefined;
  /** Entries of the members' directory that were lost since the start. */
  readonly directoryLost?: () => number;
  readonly auditLog: Pick<AuditLog, 'failing' | 'missingOutcomes'> | undefined;
}

/** WeChat Pay offers a new certificate months ahead; with this little time left, an operator must act, ms. */
const nearMs = 30 * 86_400_000;
const maxSkewMs = 60_000;
const shownIds = 5;

/** What the server depends on: keys, credentials, clock, store and audit log. */
export const createDependencyFindings =
  ({
    clock,
    accounts,
    upstreamClock,
    store,
    vanished,
    databaseFailure,
    directoryLost,
    auditLog,
  }: DependencyFindingsDeps) =>
  (): readonly Finding[] => [
    ...ending(accounts, clock.wallNow()),
    ...refused(accounts),
    ...skewed(upstreamClock.skewMs()),
    ...store(),
    ...silent(vanished?.() ?? 0),
    ...unusable(databaseFailure?.()),
    ...incomplete(directoryLost?.() ?? 0),
    ...unwritable(auditLog),
  ];

const ending = (accounts: Accounts, now: number): readonly Finding[] =>
  accounts
    .all()
    .flatMap((account) => account.expiries())
    .filter(({ notAfter }) => notAfter - now < nearMs)
    .map(({ kind, id, notAfter }) =>
      finding(
        'key.ending',
        `${kind} ${id} ${notAfter > now ? 'ends' : 'ended'} at ${new Date(notAfter).toISOString()}; configure its successor`,
      ),
    );

const refused = (accounts: Accounts): readonly Finding[] =>
  accounts.refusedCredentials().map(({ route, ids, configured, hint }) => {
    const isAll = ids.length === configured;
    const which = isAll
      ? `every credential of the ${route} route`
      : `${ids.length} of ${configured} credentials of the ${route} route: ${ids.slice(0, shownIds).join(', ')}` +
        (ids.length > shownIds ? ', …' : '');
    return finding(
      'credential.refused',
      `WeChat Pay refuses ${which} (401). ` +
        (hint?.[0] ?? "Check serial number, private key and the machine's clock."),
      isAll ? 'failing' : 'warning',
    );
  });

const skewed = (skewMs: number | undefined): readonly Finding[] =>
  skewMs === undefined || Math.abs(skewMs) <= maxSkewMs
    ? []
    : [
        finding(
          'clock.wrong',
          `this machine's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'slow' : 'fast'} ` +
            `compared with WeChat Pay's; until it is corrected, calls are signed with WeChat Pay's time`,
        ),
      ];

const silent = (count: number): readonly Finding[] =>
  count === 0
    ? []
    : [
        finding(
          'fleet.vanished',
          `${count} process(es) of the fleet fell silent without ending and may only be cut off from Redis; their share of the call limits is kept`,
        ),
      ];

const unusable = (failure: DatabaseFailure | undefined): readonly Finding[] =>
  failure === undefined
    ? []
    : [
        finding(
          'database.unavailable',
          `the database cannot be used (${failure}); bulk operations wait until it can, and without Redis, notifications are left with WeChat Pay`,
        ),
      ];

const incomplete = (lost: number): readonly Finding[] =>
  lost === 0
    ? []
    : [
        finding(
          'directory.incomplete',
          `${lost} entries of the members' directory could not be stored since the start; coverage.complete is false`,
        ),
      ];

const unwritable = (auditLog: DependencyFindingsDeps['auditLog']): readonly Finding[] => {
  const missing = auditLog?.missingOutcomes() ?? 0;
  return [
    ...(auditLog?.failing() === true
      ? [
          finding(
            'audit.unwritable',
            'audit records cannot be written, so mutations are refused and personal data is not decrypted; ' +
              'free disk space, or give the process permission to write',
          ),
        ]
      : []),
    ...(missing === 0
      ? []
      : [
          finding(
            'audit.outcomesMissing',
            `the outcome of ${missing} mutation(s) could not be recorded since the start; see the log for their outcomes, ` +
              'and npm run audit:verify for their intents',
          ),
        ]),
  ];
};
