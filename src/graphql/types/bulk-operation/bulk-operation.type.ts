import { Field, Int, ObjectType } from 'type-graphql';
import { printDailyWindow } from '../../../bulk/daily-window';
import type { OnExisting, Operation, RowCount, RowView } from '../../../bulk/operation';
import { connectionOf } from '../../relay/connection';
import { Node, type NodeSource } from '../../relay/node.type';
import { DateTime, ID, toDateTime } from '../../values/scalars';
import { BulkOnExisting, BulkRowState } from './bulk-enums';

export interface BulkOperationSource extends NodeSource {
  readonly kind: 'BulkOperation';
  readonly operation: Operation;
}

export const toBulkOperation = (operation: Operation): BulkOperationSource => ({
  kind: 'BulkOperation',
  operation,
});

@ObjectType({
  simpleResolvers: true,
  description: 'How many rows have a state, and a code if they have one.',
})
export class BulkRowCount implements RowCount {
  @Field(() => BulkRowState)
  readonly state!: RowCount['state'];
  @Field(() => String, {
    nullable: true,
    description: 'Code of a user error, of an error, or of a rule of values; null if the rows have none.',
  })
  readonly code!: string | undefined;
  @Field(() => Int, { description: 'How many rows.' })
  readonly count!: number;
}

@ObjectType({ simpleResolvers: true, description: 'A row of a bulk operation. It shows no personal data.' })
export class BulkRow {
  @Field(() => Int, { description: 'As the program shows it in which the file was made, from 1.' })
  readonly number!: number;
  @Field(() => BulkRowState)
  readonly state!: RowView['state'];
  @Field(() => String, { description: 'Phone number or card code, masked.' })
  readonly mask!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Why it is not SUCCEEDED, as a code; or what was done, e.g. UPDATED.',
  })
  readonly code!: string | undefined;
  @Field(() => String, {
    nullable: true,
    description: 'The same for people, in the language of the request that created the operation.',
  })
  readonly message!: string | undefined;
  @Field(() => DateTime, { description: 'When its state last changed.' })
  readonly changeTime!: string;
}

export const toBulkRow = ({ changedAt, ...row }: RowView): BulkRow => ({
  ...row,
  changeTime: toDateTime(changedAt),
});

export const BulkRowConnection = connectionOf('BulkRow', () => BulkRow);

/** Fields with a resolver are in the resolver. */
@ObjectType({
  implements: [Node],
  description:
    'One action for every row of a file, carried out in the background and exactly once in effect, also over restarts. 批量任务。',
})
export class BulkOperation {
  @Field(() => ID)
  readonly id!: string;
}

export const BulkOperationConnection = connectionOf('BulkOperation', () => BulkOperation);

/** What an operation shows that needs no look-up. */
@ObjectType({ simpleResolvers: true, description: 'How a bulk operation was ordered.' })
export class BulkOperationOrder {
  @Field(() => ID)
  readonly cardId!: string;
  @Field(() => BulkOnExisting, { description: 'For imports: what is done about a member whose card exists.' })
  readonly onExisting!: OnExisting;
  @Field(() => Boolean, { description: 'Whether rows are only checked, and nothing is sent.' })
  readonly dryRun!: boolean;
  @Field(() => DateTime, { nullable: true, description: 'Nothing is sent before.' })
  readonly notBefore!: string | undefined;
  @Field(() => String, {
    nullable: true,
    description: 'Rows are sent between these times of day in Beijing.',
  })
  readonly dailyWindow!: string | undefined;
  @Field(() => Int, { nullable: true, description: 'At most so many rows per second.' })
  readonly maxPerSecond!: number | undefined;
  @Field(() => Int, { nullable: true, description: 'At most so many rows per day in Beijing.' })
  readonly maxRowsPerDay!: number | undefined;
  @Field(() => String, { description: 'Who created it, as in logs.' })
  readonly createdBy!: string;
}

export const toOrder = (operation: Operation): BulkOperationOrder => ({
  cardId: operation.settings?.cardId ?? '',
  onExisting: operation.onExisting,
  dryRun: operation.dryRun,
  notBefore: operation.notBefore === undefined ? undefined : toDateTime(operation.notBefore),
  dailyWindow: operation.dailyWindow && printDailyWindow(operation.dailyWindow),
  maxPerSecond: operation.maxPerSecond,
  maxRowsPerDay: operation.maxRowsPerDay,
  createdBy: operation.createdBy,
});
