import { registerEnumType } from 'type-graphql';
import { columnRules, ruleOf, type ColumnId } from '../../../bulk/files/columns';
import type { BulkKind } from '../../../bulk/files/kinds';
import {
  cancelReasons,
  onExistingTexts,
  operationStatuses,
  pauseReasons,
  rowStates,
} from '../../../bulk/operation';

/** An enum whose values are their own names, with a description each. */
const enumOf = <const Name extends string>(
  name: string,
  description: string,
  texts: Readonly<Record<Name, string>>,
): Readonly<Record<Name, Name>> => {
  const names = Object.keys(texts) as Name[];
  const members = Object.fromEntries(names.map((one) => [one, one])) as Record<Name, Name>;
  registerEnumType(members, {
    name,
    description,
    valuesConfig: Object.fromEntries(names.map((one) => [one, { description: texts[one] }])) as Record<
      Name,
      { description: string }
    >,
  });
  return members;
};

const kindTexts = {
  IMPORT_BY_PHONE: 'importUserCardByPhone for each row. 按手机号导入会员。',
  IMPORT_BY_OPENID: 'importUserCardByOpenid for each row. 按 openid 导入会员。',
  UPDATE_USER_CARDS: 'updateUserCard for each row. 更新会员卡。',
  INVALIDATE_USER_CARDS: 'invalidateUserCard for each row. 使会员卡失效。',
  SYNC_USER_POINTS: 'syncUserPoints for each row. 同步积分。',
  RECORD_MEMBERS:
    "Enters each row in the members' directory, and calls nobody. 录入会员目录，不调用微信支付。",
  COMPARE:
    'Compares each row with the card at WeChat Pay, and changes nothing. 与微信支付的会员卡比对，不作修改。',
} as const satisfies Readonly<Record<BulkKind, string>>;

export const BulkOperationKind = enumOf<BulkKind>(
  'BulkOperationKind',
  'What a bulk operation does with each row of its file. Values may be added. 批量任务的类型。',
  kindTexts,
);

export const BulkOnExisting = enumOf<keyof typeof onExistingTexts>(
  'BulkOnExisting',
  'What an import does about a member whose card exists. Values may be added. 会员卡已存在时的处理方式。',
  onExistingTexts,
);

export const BulkOperationStatus = enumOf<(typeof operationStatuses)[number]>(
  'BulkOperationStatus',
  'The state of a bulk operation. Values may be added. 批量任务的状态。',
  {
    VALIDATING: 'Its rows are being read from the file. 校验中。',
    RUNNING: 'Its rows are being sent, or wait for their time. 执行中。',
    PAUSED: 'It waits until somebody resumes it; see pauseReason. 已暂停。',
    CANCELED:
      'Ended before its last row, see cancelReason; rows that had not been sent were not sent. 已取消。',
    COMPLETED: 'Every row is final. 已完成。',
  },
);

export const BulkPauseReason = enumOf<keyof typeof pauseReasons>(
  'BulkPauseReason',
  'Why a bulk operation is paused, and what to do. Values may be added. 暂停原因。',
  pauseReasons,
);

export const BulkCancelReason = enumOf<keyof typeof cancelReasons>(
  'BulkCancelReason',
  'Why a bulk operation was canceled. Values may be added. 取消原因。',
  cancelReasons,
);

export const BulkRowState = enumOf<keyof typeof rowStates>(
  'BulkRowState',
  'What became of a row. Values may be added. 行的状态。',
  rowStates,
);

/** PHONE_NUMBER for `phoneNumber`. */
const columnNames = Object.keys(columnRules).map(
  (id) => [id.replace(/[A-Z]/g, '_$&').toUpperCase(), id] as const,
);

export const BulkColumn = Object.fromEntries(columnNames) as Readonly<Record<string, ColumnId>>;
registerEnumType(BulkColumn, {
  name: 'BulkColumn',
  description: 'What a column of a file holds. Values may be added. 列的含义。',
  valuesConfig: Object.fromEntries(
    columnNames.map(([name, id]) => {
      const { en, zh } = ruleOf(id as ColumnId);
      return [name, { description: `The column “${en}”. ${zh}。` }];
    }),
  ),
});
