import { randomBytes } from 'node:crypto';
import { refused } from './failure';
import { templateOf, type HandlerCall } from './handlers';
import { checkCompliance, checkForm } from './member-rules';
import { wireTime, type Template } from './state';
import { checkBoundJumps, checkCardType, checkNewTemplate, checkWholeJumps } from './template-rules';
import { checkValidity, checkValidityFor, type ValidDate } from './validity';

export const createTemplate = (call: HandlerCall): Template => {
  const { state, brandId, args, now, edition, maxTemplatesPerType } = call;
  checkCompliance(args);
  checkNewTemplate(args, edition);
  const request = args as unknown as Omit<
    Template,
    'card_id' | 'brand_id' | 'state' | 'create_time' | 'modify_time'
  >;
  if (request.appid !== state.brands.get(brandId)?.appid)
    throw refused(edition === '2025' ? 'appidUnbound2025' : 'appidUnbound');
  // The table of this interface has no rows about validity, and the founding example is PERMANENT with dates.
  checkValidity(args.valid_date_information as ValidDate, { exact: false });
  checkForm(request.user_information);
  const existing = state.templatesOf(brandId);
  if (existing.some(({ out_request_no }) => out_request_no === request.out_request_no))
    throw refused('requestNoTaken');
  if (existing.filter(({ card_type }) => card_type === request.card_type).length >= maxTemplatesPerType)
    throw refused('tooManyTemplates');
  const template: Template = {
    ...request,
    card_id: `p${randomBytes(20).toString('base64url').slice(0, 27)}`,
    brand_id: brandId,
    state: 'CARD_EFFECTIVE',
    create_time: wireTime(now),
    modify_time: wireTime(now),
  };
  state.putTemplate(template);
  return template;
};

export const updateTemplate = ({ state, brandId, args, now }: HandlerCall): Template => {
  const template = templateOf(state, brandId, args.card_id);
  checkCompliance(args);
  checkWholeJumps(args);
  checkBoundJumps(args);
  if (args.code_jump_information !== undefined && template.code_type !== 'JUMP_MINI_PROGRAM')
    throw refused('codeJumpFixed');
  checkCardType(args, template.card_type);
  checkValidityFor(template, args.valid_date_information, { exact: true });
  checkForm(args.user_information as Template['user_information']);
  const { brand_id: _, ...given } = args;
  const changed: Template = { ...template, ...(given as Partial<Template>), modify_time: wireTime(now) };
  state.putTemplate(changed);
  return changed;
};

export const invalidateTemplate = ({ state, brandId, args, now }: HandlerCall): Template => {
  const template = templateOf(state, brandId, args.card_id);
  if (template.state === 'CARD_INVALID') return template;
  const invalid: Template = { ...template, state: 'CARD_INVALID', modify_time: wireTime(now) };
  state.putTemplate(invalid);
  return invalid;
};
