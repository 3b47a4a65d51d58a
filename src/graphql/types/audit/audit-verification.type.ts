import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { VerifiedAuditFile } from '../../../audit/audit-reader';
import { PageInfo } from '../../relay/connection';
import { DateTime, toDateTime } from '../../values/scalars';

const fileStates = {
  WHOLE: 'WHOLE',
  OPEN: 'OPEN',
  TORN: 'TORN',
  TAMPERED: 'TAMPERED',
  UNKNOWN_KEY: 'UNKNOWN_KEY',
  UNREADABLE: 'UNREADABLE',
  UNCHECKED: 'UNCHECKED',
} as const;
export type AuditFileState = keyof typeof fileStates;
registerEnumType(fileStates, {
  name: 'AuditFileState',
  description: 'Whether an audit file is as it was written.',
  valuesConfig: {
    WHOLE: { description: 'Every record is as written, and the last one closes the file.' },
    OPEN: {
      description:
        'Every record is as written, and the file is not closed: it is being written, or its process was killed. Records may be missing at its end.',
    },
    TORN: { description: 'As OPEN, and the last record is incomplete because its process ended.' },
    TAMPERED: { description: 'A record was changed, moved, inserted or removed.' },
    UNKNOWN_KEY: {
      description:
        'No record fits a key that this process has used: the file is of an earlier key, or was changed from its first record on. Verify it with `npm run audit:verify` and its key.',
    },
    UNREADABLE: { description: 'The file cannot be read.' },
    UNCHECKED: {
      description:
        'The file is longer than 64 MiB, too long to be verified here. Use `npm run audit:verify`.',
    },
  },
});

const states = { INTACT: 'INTACT', BROKEN: 'BROKEN', UNKNOWN: 'UNKNOWN' } as const;
export type AuditVerificationState = keyof typeof states;
registerEnumType(states, {
  name: 'AuditVerificationState',
  description: 'Whether the audit files are as they were written.',
  valuesConfig: {
    INTACT: { description: 'Every file of the page is WHOLE, OPEN or TORN.' },
    BROKEN: { description: 'A file of the page is TAMPERED.' },
    UNKNOWN: { description: 'None is TAMPERED, and some could not be verified, or there is no file.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'An audit file and whether it is as it was written.' })
export class AuditFile {
  @Field(() => String, { description: 'Its name in the audit directory.' })
  readonly fileName!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it was begun; null if its name does not say.' })
  readonly beginTime?: string | undefined;
  @Field(() => fileStates, { description: 'Whether it is as it was written.' })
  readonly state!: AuditFileState;
  @Field(() => Int, { description: 'Records that are as they were written, from the first on.' })
  readonly goodRecords!: number;
  @Field(() => Int, { nullable: true, description: 'The wrong line, from 1; null unless it is TAMPERED.' })
  readonly wrongLine?: number | undefined;
}

@ObjectType({
  simpleResolvers: true,
  description: 'Whether the audit files are as they were written, the one begun last first.',
})
export class AuditVerification {
  @Field(() => states, { description: 'Of the files of this page.' })
  readonly state!: AuditVerificationState;
  @Field(() => [AuditFile], { description: 'The files of this page.' })
  readonly files!: readonly AuditFile[];
  @Field(() => Int, { description: 'All files in the directory.' })
  readonly fileCount!: number;
  @Field(() => PageInfo, {
    description: 'The place of the page. A page verifies 64 MiB at most, so it may be short.',
  })
  readonly pageInfo!: PageInfo;
}

const stateOf: Readonly<Record<VerifiedAuditFile['state'], AuditFileState>> = {
  whole: 'WHOLE',
  open: 'OPEN',
  torn: 'TORN',
  tampered: 'TAMPERED',
  'unknown-key': 'UNKNOWN_KEY',
  unreadable: 'UNREADABLE',
  unchecked: 'UNCHECKED',
};

export const toAuditFile = ({ name, begunAt, state, records, line }: VerifiedAuditFile): AuditFile => ({
  fileName: name,
  beginTime: begunAt === 0 ? undefined : toDateTime(begunAt),
  state: stateOf[state],
  goodRecords: records,
  wrongLine: state === 'tampered' ? line : undefined,
});

const intact: readonly AuditFileState[] = ['WHOLE', 'OPEN', 'TORN'];

export const verificationState = (files: readonly AuditFile[]): AuditVerificationState => {
  if (files.some(({ state }) => state === 'TAMPERED')) return 'BROKEN';
  const isVerified = files.length > 0 && files.every(({ state }) => intact.includes(state));
  return isVerified ? 'INTACT' : 'UNKNOWN';
};
