import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { AuditLogEntry } from '../../../audit/read-entries';
import { PageInfo } from '../../relay/connection';
import { DateTime, ID, toDateTime } from '../../values/scalars';

const kinds = { WRITE: 'WRITE', DECRYPTION: 'DECRYPTION', LOOKUP: 'LOOKUP' } as const;
export const AuditActionKind = kinds;
export type AuditActionKind = keyof typeof kinds;
registerEnumType(kinds, {
  name: 'AuditActionKind',
  description: 'What kind of action was recorded.',
  valuesConfig: {
    WRITE: { description: 'A mutation, an upload or an automatic confirmation.' },
    DECRYPTION: { description: 'Personal data was shown in clear.' },
    LOOKUP: { description: 'A member was looked up by personal data.' },
  },
});

const outcomeStates = { RECORDED: 'RECORDED', MISSING: 'MISSING', NOT_SOUGHT: 'NOT_SOUGHT' } as const;
registerEnumType(outcomeStates, {
  name: 'AuditOutcomeState',
  description: 'Whether the outcome of an action is known.',
  valuesConfig: {
    RECORDED: { description: 'The outcome was recorded.' },
    MISSING: {
      description:
        'The intent was recorded, its outcome was not: the action is under way, or its process was killed or could not write on. Look the object up at WeChat Pay.',
    },
    NOT_SOUGHT: {
      description:
        'The intent was recorded. Too much was recorded after it to look for the outcome: ask for less time.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description:
    'An action that the audit log has recorded. Names who did what, never values and no personal data.',
})
export class AuditEntry {
  @Field(() => ID, { description: 'Names the record: its file and its number in it. No global id.' })
  readonly recordId!: string;
  @Field(() => String, { description: 'The file that holds the record.' })
  readonly fileName!: string;
  @Field(() => Int, { description: 'Number of the record in its file, from 1; also the number of its line.' })
  readonly sequence!: number;
  @Field(() => DateTime, {
    description: "When the outcome was recorded, by the machine's clock; without an outcome, the intent.",
  })
  readonly time!: string;
  @Field(() => kinds, { description: 'What kind of action it was.' })
  readonly kind!: AuditActionKind;
  @Field(() => String, { description: 'Who acted, as in `Viewer.callerId` and in the log.' })
  readonly caller!: string;
  @Field(() => ID, {
    nullable: true,
    description: 'The brand; null if the operation named no configured one.',
  })
  readonly brandId?: string | undefined;
  @Field(() => String, {
    description: 'The field of the mutation, or the name of the operation that asked for personal data.',
  })
  readonly operation!: string;
  @Field(() => [String], { description: 'Names of the fields that were given or decrypted.' })
  readonly fields!: readonly string[];
  @Field(() => outcomeStates, { description: 'Whether the outcome is known.' })
  readonly outcomeState!: AuditLogEntry['outcomeState'];
  @Field(() => String, {
    nullable: true,
    description: 'OK, or the codes of the errors. Null if it is not recorded.',
  })
  readonly outcome?: string | undefined;
  @Field(() => [String], { description: "WeChat Pay's Request-IDs of the action's calls." })
  readonly requestIds!: readonly string[];
  @Field(() => [String], { description: "WeChat Pay's own sentences if it refused, redacted." })
  readonly wechatMessages!: readonly string[];
  @Field(() => String, {
    nullable: true,
    description: 'The route of a write whose outcome is unknown: brand or partner.',
  })
  readonly route?: string | undefined;
  @Field(() => String, {
    description:
      'Keyed hash of the object. Actions on the same object have the same hash under the same key.',
  })
  readonly targetHash!: string;
  @Field(() => String, { description: 'Id of the encryption key of `targetHash`.' })
  readonly targetKey!: string;
}

/** What clients call the kind of a record: an intent is that of a write. */
export const kindOf = ({ kind }: AuditLogEntry['event']): AuditActionKind =>
  kind === 'DECRYPTION' || kind === 'LOOKUP' ? kind : 'WRITE';

export const toAuditEntry = ({ event, at, file, sequence, outcomeState }: AuditLogEntry): AuditEntry => {
  const { caller, brandId, operation, fields, requestIds, wechatMessages, targetHash, targetKey } = event;
  return {
    recordId: `${file}:${sequence}`,
    fileName: file,
    sequence,
    time: toDateTime(at),
    kind: kindOf(event),
    caller,
    brandId: brandId === '' ? undefined : brandId,
    operation,
    fields,
    outcomeState,
    outcome: event.outcome,
    requestIds,
    wechatMessages,
    route: event.route,
    targetHash,
    targetKey,
  };
};

@ObjectType({ simpleResolvers: true, description: 'A recorded action and its position.' })
export class AuditEntryEdge {
  @Field(() => String, { description: 'The position of the entry, for `after`.' })
  readonly cursor!: string;
  @Field(() => AuditEntry, { description: 'The entry.' })
  readonly node!: AuditEntry;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A page of recorded actions, the newest first. Has no totalCount: counting them would read all files.',
})
export class AuditEntryConnection {
  @Field(() => [AuditEntryEdge], { description: 'The entries with their positions.' })
  readonly edges!: readonly AuditEntryEdge[];
  @Field(() => [AuditEntry], { description: 'The entries.' })
  readonly nodes!: readonly AuditEntry[];
  @Field(() => PageInfo, {
    description:
      'The place of the page. A page reads 16 MiB of records at most, so it may be short or empty although `hasNextPage` is true: go on with `endCursor`.',
  })
  readonly pageInfo!: PageInfo;
  @Field(() => DateTime, {
    nullable: true,
    description: 'Records back to this time were looked at. Null if none are older.',
  })
  readonly searchedBackTo?: string | undefined;
  @Field(() => Int, {
    description: 'Lines in the files of the page that are no records. `auditVerification` says where.',
  })
  readonly unreadableLines!: number;
  @Field(() => Int, { description: 'Files that could not be read, or not to their beginning.' })
  readonly unreadableFiles!: number;
}

@InputType({ description: 'Which actions to list: those that meet every field that is given.' })
export class AuditEntryFilter {
  @Field(() => String, { nullable: true, description: 'A part of the caller, in any case.' })
  readonly caller?: string | null;
  @Field(() => String, { nullable: true, description: 'A part of the operation, in any case.' })
  readonly operation?: string | null;
  @Field(() => ID, { nullable: true, description: 'Actions on this brand.' })
  readonly brandId?: string | null;
  @Field(() => kinds, { nullable: true, description: 'Actions of this kind.' })
  readonly kind?: AuditActionKind | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Only actions whose outcome is not OK, those without an outcome included. Default: false.',
  })
  readonly onlyProblems?: boolean | null;
  @Field(() => DateTime, { nullable: true, description: 'At this time or later.' })
  readonly from?: string | null;
  @Field(() => DateTime, { nullable: true, description: 'Before this time.' })
  readonly to?: string | null;
}
