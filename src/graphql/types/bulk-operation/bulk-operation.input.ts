import { Allow, ValidateNested } from 'class-validator';
import { Extensions, Field, Int, InputType } from 'type-graphql';
import type { BulkKind } from '../../../bulk/files/kinds';
import type { ColumnId } from '../../../bulk/files/columns';
import type { FinalState, OnExisting } from '../../../bulk/operation';
import { CardTemplateRef } from '../../inputs/refs.input';
import { DateTime, ID } from '../../values/scalars';
import { BulkColumn, BulkOnExisting, BulkOperationKind, BulkRowState } from './bulk-enums';

@InputType({ description: 'Which column of the file holds what.' })
export class BulkColumnInput {
  @Field(() => BulkColumn, { description: 'What it holds.' })
  readonly column!: ColumnId;
  @Field(() => String, {
    nullable: true,
    description:
      'The header of the column in the file. Null: the file is read without it, whatever was guessed.',
  })
  readonly header?: string | null;
}

@InputType({ description: 'A value for rows whose cell is empty, or for a file without the column.' })
export class BulkDefaultInput {
  @Field(() => BulkColumn, { description: 'What it holds.' })
  readonly column!: ColumnId;
  @Field(() => String, { description: 'As it would be written in a cell.' })
  readonly value!: string;
}

@InputType({ description: 'What to do with the rows of a file.' })
export class BulkOperationCreateInput {
  @Field(() => BulkOperationKind, { description: 'What to do with each row.' })
  readonly kind!: BulkKind;
  @Field(() => CardTemplateRef, { description: 'The card template of all rows.' })
  readonly cardTemplate!: CardTemplateRef;
  @Field(() => ID, { description: 'The file, as POST /bulk/files returned it.' })
  readonly fileId!: string;
  @Field(() => [BulkColumnInput], {
    nullable: true,
    description:
      'Which column holds what. Default: guessed by the headers; what is written here replaces the guess.',
  })
  readonly columns?: readonly BulkColumnInput[] | null;
  @Field(() => [BulkDefaultInput], { nullable: true, description: 'Values for empty cells. Default: none.' })
  readonly defaults?: readonly BulkDefaultInput[] | null;
  @Field(() => BulkOnExisting, {
    nullable: true,
    defaultValue: 'SKIP',
    description: 'For imports: what to do about a member whose card exists. Default: SKIP.',
  })
  readonly onExisting?: OnExisting | null;
  @Field(() => String, {
    description:
      'Any text of 1 to 64 letters, digits, - or _ that names this order. The same key with the same content returns the operation that exists.',
  })
  readonly idempotencyKey!: string;
  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Checks every row by the rules of its mutation and sends nothing. Default: false.',
  })
  readonly dryRun?: boolean | null;
  @Field(() => DateTime, { nullable: true, description: 'Sends nothing before. Default: begins at once.' })
  readonly notBefore?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Sends only between these times of day in Beijing, e.g. 01:00-07:00; may cross midnight. Default: always.',
  })
  readonly dailyWindow?: string | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'Sends at most so many rows per second, from 1 to 100. Default: all that the call budget leaves.',
  })
  readonly maxPerSecond?: number | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'Sends at most so many rows per day in Beijing, from 1 to 1 000 000; the others wait for the next day. A row of COMPARE is one call. Default: no limit.',
  })
  readonly maxRowsPerDay?: number | null;
}

@InputType({ description: 'Keys of a bulk operation.' })
export class BulkOperationKey {
  @Field(() => ID)
  readonly brandId!: string;
  @Field(() => ID, { description: 'Its id, without the brand.' })
  readonly operationId!: string;
}

@Extensions({ oneOf: true })
@InputType({ description: 'Names a bulk operation: by its global id or by its keys.' })
export class BulkOperationRef {
  @Field(() => ID, { nullable: true, description: 'Its global id, from the field `id`.' })
  @Allow()
  readonly id?: string | null;
  @Field(() => BulkOperationKey, { nullable: true, description: 'Its keys.' })
  @ValidateNested()
  readonly key?: BulkOperationKey | null;
}

@InputType({ description: 'Names the bulk operation.' })
export class BulkOperationInput {
  @Field(() => BulkOperationRef, { description: 'The operation.' })
  readonly bulkOperation!: BulkOperationRef;
}

@InputType({ description: 'Which rows to send again.' })
export class BulkOperationRetryInput extends BulkOperationInput {
  @Field(() => [BulkRowState], {
    description:
      'FAILED, UNKNOWN, or both. Rows whose values cannot be read stay FAILED: mend them in the file of failed rows.',
  })
  readonly states!: readonly FinalState[];
}
