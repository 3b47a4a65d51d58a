import { brokenRule, refused } from './failure';
import type { RefusalName } from './refusals';
import type { Edition } from './state';

interface Jump {
  readonly jump_appid?: string;
  readonly jump_path?: string;
}

type Arguments = Readonly<Record<string, unknown>>;

const jumps: Readonly<Record<string, { readonly empty: RefusalName; readonly unbound: RefusalName }>> = {
  member_information: { empty: 'memberJumpEmpty', unbound: 'memberAppidUnbound' },
  code_jump_information: { empty: 'codeJumpEmpty', unbound: 'codeAppidUnbound' },
  points_information: { empty: 'pointsJumpEmpty', unbound: 'pointsAppidUnbound' },
  balance_information: { empty: 'balanceJumpEmpty', unbound: 'balanceAppidUnbound' },
  purchase_information: { empty: 'purchaseJumpEmpty', unbound: 'purchaseAppidUnbound' },
};

const jumpsIn = (args: Arguments) =>
  Object.entries(jumps).flatMap(([field, names]) =>
    args[field] === undefined ? [] : [{ ...(args[field] as Jump), ...names }],
  );

/** In an update, a jump must be whole. */
export const checkWholeJumps = (args: Arguments): void => {
  for (const { jump_appid, jump_path, empty } of jumpsIn(args))
    if (jump_appid === undefined || jump_path === undefined) throw refused(empty);
};

/** Magic input: see README.md. Checked before the card type, because the card type refuses all but `NORMAL`. */
export const checkBoundJumps = (args: Arguments): void => {
  for (const { jump_appid, unbound } of jumpsIn(args))
    if (jump_appid?.startsWith('wxunbound') === true) throw refused(unbound);
};

export const checkCardType = (args: Arguments, cardType: unknown): void => {
  if (args.balance_information !== undefined && cardType !== 'BALANCE') throw refused('balanceForbidden');
  if (args.purchase_information !== undefined && cardType !== 'PURCHASE') throw refused('purchaseForbidden');
};

/** Required and forbidden fields of a new template. The founding documents' request example breaks most of these rules. */
export const checkNewTemplate = (args: Arguments, edition: Edition): void => {
  const { need_display_level: shown, init_level: level, code_type: codeType } = args;
  if (shown === true && level === undefined)
    throw refused(edition === '2025' ? 'levelMissing2025' : 'levelMissing');
  if (codeType === 'JUMP_MINI_PROGRAM' && args.code_jump_information === undefined)
    throw refused('codeJumpMissing');
  checkBoundJumps(args);
  if (args.card_type !== 'NORMAL') throw refused('typeNotOpen');
  if (edition === '2025') return;
  if (shown !== true && level !== undefined) throw refused('levelNotShown');
  if (codeType !== 'JUMP_MINI_PROGRAM' && args.code_jump_information !== undefined)
    throw refused('codeJumpForbidden');
  checkCardType(args, args.card_type);
  const { jump_appid, jump_path } = args.member_information as Jump;
  if (jump_appid === undefined) throw brokenRule('member_information.jump_appid', '必填');
  if (jump_path === undefined) throw brokenRule('member_information.jump_path', '必填');
};
