import {
  execute,
  getNamedType,
  isInputObjectType,
  Kind,
  parse,
  typeFromAST,
  type DocumentNode,
  type GraphQLSchema,
  type NamedTypeNode,
} from 'graphql';
import type { Caller } from '../auth/caller';
import type { BulkKind } from '../bulk/files/kinds';
import type { Operation } from '../bulk/operation';
import { isImport } from '../bulk/row-keys';
import type { CardName, RowCall, RowOutcome, RowRunner } from '../bulk/row-runner';
import type { Directory } from '../directory/directory';
import type { Context } from '../graphql/execution/context';
import { compareRow, outcomeOfReadError, showsAll } from './bulk-compare';
import { recordMember } from './bulk-record';
import { malformed, outcomeOf, outcomeOfError, stopOf } from './bulk-outcomes';
import { externalValue } from './external-value';
import type { Finding } from '../operating/finding';
import { AppError } from '../shared/errors';
import { isRecord } from '../shared/is-record';
import type { CardNotes } from '../wechatpay/api/card-notes';

export interface RowRunnerDeps {
  readonly schema: GraphQLSchema;
  /** What the mutation of a row may use: as for a request of this caller, in the lane bulk. */
  readonly contextOf: (
    caller: Caller,
    options: Pick<Operation, 'language'> & { readonly deadline: number },
  ) => Context;
  /** Who created the operation, as far as that caller may act now. */
  readonly callerOf: (operation: Operation) => Promise<Caller | undefined>;
  readonly cardNotes: Pick<CardNotes, 'markUnanswered' | 'openidOf'>;
  /** The members' directory; `undefined` if none is configured. */
  readonly directory: Pick<Directory, 'find' | 'record'> | undefined;
  readonly findings: () => readonly Finding[];
  readonly now: () => number;
}

/**
 * Rows are carried out by the very mutations of the schema, so rules, audit records, retries, the look-up of unknown outcomes and
 * texts are the same.
 */
export const createRowRunner = (deps: RowRunnerDeps): RowRunner => {
  const { schema, contextOf, callerOf, cardNotes, directory, findings, now } = deps;

  const run = async (
    operation: Operation,
    call: RowCall,
    change: (context: Context) => Context = (context) => context,
  ): Promise<RowOutcome> => {
    const caller = await callerOf(operation);
    if (caller === undefined) return { state: 'STOP', reason: 'ACCESS_LOST' };
    const context = change(contextOf(caller, { language: operation.language, deadline: call.deadline }));
    const { kind } = call;
    if (kind === 'RECORD_MEMBERS') return recordMember(call.values, keyIn(call.input.userCard), directory);
    if (kind === 'COMPARE') return compareRow(operation, call, keyIn(call.input.userCard), context);
    const found = call.inDoubt ? await lookUp(call, context) : undefined;
    if (found !== undefined) return found;
    const input = kind === 'SYNC_USER_POINTS' ? { ...call.input, outRequestNo: call.requestNo } : call.input;
    const { data, errors } = await execute({
      schema,
      document: documents[kind],
      contextValue: context,
      variableValues: { input: asVariable(schema, kind, input) },
    });
    const [error] = errors ?? [];
    const done = isRecord(data?.done) ? data.done : undefined;
    if (error !== undefined) {
      // An input that GraphQL itself refuses never reached a resolver. Its message would repeat the value.
      if (error.originalError === undefined || error.path === undefined) return malformed(operation);
      return outcomeOfError(error.originalError, operation);
    }
    return done === undefined ? malformed(operation) : outcomeOf(done, operation, call);
  };

  /** What an earlier attempt has done, as far as it can be found out; `undefined` if the row may be sent. */
  const lookUp = async (
    { kind, input, values }: RowCall,
    context: Context,
  ): Promise<RowOutcome | undefined> => {
    // It has a number by which WeChat Pay knows a second request.
    if (kind === 'SYNC_USER_POINTS') return undefined;
    if (kind === 'IMPORT_BY_PHONE') {
      const template = keyIn(input.cardTemplate);
      // No interface finds a card by its phone number. WeChat Pay refuses an existing one, and that refusal is then known as ours.
      await cardNotes.markUnanswered({
        brand_id: template.brandId,
        card_id: template.cardId,
        user_card_code: input.userCardCode,
        phone_number: input.phoneNumber,
      });
      return undefined;
    }
    const key =
      kind === 'IMPORT_BY_OPENID'
        ? {
            ...keyIn(input.cardTemplate),
            openid: String(input.openid),
            userCardCode: String(input.userCardCode),
          }
        : keyIn(input.userCard);
    try {
      const card = await context.loaders.userCard({ ...key, maxAgeMs: 0 });
      // What no response shows in clear is sent again: it sets the same state.
      if (kind === 'UPDATE_USER_CARDS')
        return card !== undefined && showsAll(values, card.record) ? { state: 'SUCCEEDED' } : undefined;
      const wanted = kind === 'IMPORT_BY_OPENID' ? 'EFFECTIVE' : 'INVALID';
      return card?.record.userCardState === wanted ? { state: 'SUCCEEDED', openid: key.openid } : undefined;
    } catch {
      return { state: 'AGAIN', afterMs: 2_000, isUnknown: true, isBusy: false };
    }
  };

  return {
    async problem(operation) {
      const failing = findings().find(({ level }) => level === 'failing');
      if (failing !== undefined)
        return failing.code === 'credential.refused' ? 'CREDENTIAL_REFUSED' : 'NOT_READY';
      const caller = await callerOf(operation).catch(() => undefined);
      if (caller?.permissions.may('write', operation.brandId) !== true) return 'ACCESS_LOST';
      // It calls nobody, and cards outlive their template.
      if (operation.kind === 'RECORD_MEMBERS') return undefined;
      const { loaders } = contextOf(caller, { language: operation.language, deadline: now() + templateMs });
      const cardId = operation.settings?.cardId ?? '';
      try {
        const template = await loaders.cardTemplate({ brandId: operation.brandId, cardId });
        return template === undefined ? 'TEMPLATE_NOT_USABLE' : undefined;
      } catch (error) {
        // What is only unreachable now is for the rows to meet.
        return stopOf(error);
      }
    },
    async run(operation, call) {
      const ofError = call.kind === 'COMPARE' ? outcomeOfReadError : outcomeOfError;
      const outcome = await run(operation, call).catch((error: unknown) => ofError(error, operation));
      return updatesInDoubt(operation, call, outcome);
    },
    async openidOf({ brandId, cardId, userCardCode }) {
      const noted = await cardNotes.openidOf({ brandId, cardId, userCardCode }).catch(() => undefined);
      if (noted !== undefined) return noted;
      const known = await directory?.find(brandId, { userCardCode }, cardId).catch(() => undefined);
      return known?.openid;
    },
    async check(operation, call) {
      // The rules of its values have been checked, and there is nothing else to check without a call.
      if (call.kind === 'COMPARE' || call.kind === 'RECORD_MEMBERS') return { state: 'SUCCEEDED' };
      const outcome = await run(operation, call, dry).catch((error: unknown) =>
        outcomeOfError(error, operation),
      );
      return outcome.state === 'AGAIN' ? { state: 'SUCCEEDED' } : outcome;
    },
  };
};

/**
 * After a lost attempt, the card may be the one of that attempt, or one that existed before: no interface tells them apart. Where
 * cards that exist are updated, it is updated, which changes nothing in the first case.
 */
const updatesInDoubt = ({ onExisting, kind }: Operation, call: RowCall, outcome: RowOutcome): RowOutcome => {
  if (onExisting !== 'UPDATE' || !call.inDoubt || call.kind !== kind || !isImport(kind)) return outcome;
  if (outcome.state !== 'SUCCEEDED' || outcome.openid === undefined) return outcome;
  return { state: 'EXISTS', openid: outcome.openid };
};

/** The input in the form in which a client would send it. */
const asVariable = (schema: GraphQLSchema, kind: MutationKind, input: object): unknown => {
  const [definition] = documents[kind].definitions;
  const type =
    definition?.kind === Kind.OPERATION_DEFINITION
      ? definition.variableDefinitions?.map((variable) =>
          typeFromAST(schema, variable.type as NamedTypeNode),
        )[0]
      : undefined;
  const named = type && getNamedType(type);
  return isInputObjectType(named) ? externalValue(named, input) : input;
};

const templateMs = 8_000;

const mutation = (text: string): DocumentNode => parse(text, { noLocation: true });

/** The kinds whose rows are mutations. */
type MutationKind = Exclude<BulkKind, 'COMPARE' | 'RECORD_MEMBERS'>;

const documents: Readonly<Record<MutationKind, DocumentNode>> = {
  IMPORT_BY_PHONE: mutation(
    'mutation($input: ImportUserCardByPhoneInput!) { done: importUserCardByPhone(input: $input) { openid outcome userErrors { code message } } }',
  ),
  IMPORT_BY_OPENID: mutation(
    'mutation($input: ImportUserCardByOpenidInput!) { done: importUserCardByOpenid(input: $input) { userCard { openid } userErrors { code message } } }',
  ),
  UPDATE_USER_CARDS: mutation(
    'mutation($input: UpdateUserCardInput!) { done: updateUserCard(input: $input) { userCard { openid } userErrors { code message } } }',
  ),
  INVALIDATE_USER_CARDS: mutation(
    'mutation($input: InvalidateUserCardInput!) { done: invalidateUserCard(input: $input) { userCard { openid } userErrors { code message } } }',
  ),
  SYNC_USER_POINTS: mutation(
    'mutation($input: SyncUserPointsInput!) { done: syncUserPoints(input: $input) { userPoints { openid } userErrors { code message } } }',
  ),
};

/** The keys inside a reference that `toInput` made. */
const keyIn = (reference: unknown): CardName => (reference as { readonly key: CardName }).key;

/** Instead of a call. It says that a row breaks no rule. */
const notSent = new AppError('UPSTREAM_UNAVAILABLE', 'a dry run sends nothing');

/** The same context, in which nothing is sent and nothing is recorded. */
const dry = (context: Context): Context => ({
  ...context,
  members: new Proxy(context.members, { get: () => () => Promise.reject(notSent) }),
  audit: { record: () => undefined, recordIntent: () => Promise.resolve() },
});
