/**
 * The codes of user errors, and of WeChat Pay's refusals in queries. Each code needs one reaction of the caller. So two
 * refusals that need different reactions differ in code or field. The texts become the descriptions in the schema.
 */
export const userErrorCodes = {
  INVALID: 'The value breaks a rule. Correct it.',
  TOO_LONG: 'The value, list or text is too long. Shorten it.',
  REQUIRED: 'The field is missing and is needed here. Add it.',
  NO_CHANGE: 'Nothing would change, so nothing was sent. Send a new value, or nothing at all.',
  NOT_ALLOWED: 'The field must be absent here. Leave it out.',
  DATE_TIME_MALFORMED:
    'A date-time is not RFC 3339 with an offset. Correct it; field names it if WeChat Pay does.',
  UNKNOWN_PARAMETER:
    'WeChat Pay does not know a field that was sent. Leave it out and report it to the operator of this server.',
  REQUEST_MALFORMED:
    'WeChat Pay says that the request breaks its interface rules. Report it to the operator of this server.',
  NOT_FOUND: 'There is no such object. Check the keys that name it.',
  CONTENT_REJECTED: 'WeChat Pay considers a text or the picture non-compliant. Change it.',
  PRODUCT_NOT_OPENED:
    'WeChat Pay has not opened member cards for this brand. Stop, and apply for the product.',
  FEATURE_NOT_OPEN: 'WeChat Pay has not opened this function for the brand. Stop, and apply for it.',
  BRAND_APPID_NOT_BOUND: 'The appid is not valid or not bound to the brand. Bind it, or send another one.',
  OPENID_NOT_OF_BRAND:
    "The openid belongs to another appid than the brand's. Get the openid under the brand's appid.",
  DUPLICATE_REQUEST_NO:
    'outRequestNo was used before. Read what it created; for something new, send another number.',
  TEMPLATE_NOT_OF_BRAND: 'The template belongs to another brand. Check brandId and cardId.',
  TEMPLATE_NOT_USABLE: 'The template is not valid any more. Use another one.',
  TEMPLATE_ENDED: 'The template has expired. Use another one.',
  TEMPLATE_LIMIT_REACHED:
    'The brand already has as many templates of this type as it may have. Invalidate one first.',
  PHONE_ALREADY_IMPORTED: 'The phone number was imported before. Skip it, or update that card.',
  PHONE_NOT_BOUND_TO_WECHAT: 'The phone number has no WeChat account. Ask the member for another one.',
  CARD_ALREADY_EXISTS:
    'The card code (or the phone number) exists already. Send another code, or update that card.',
  CARD_ALREADY_EFFECTIVE: 'The user already has a valid card of this template. Nothing is left to do.',
  CARD_WAITS_FOR_CONFIRMATION:
    'The user already opened a card of this template. Confirm it (confirmUserCard).',
  CARD_NOT_WAITING:
    'No card of the user waits for confirmation: it was confirmed or ended before. Read the card.',
  CARD_DELETED_BY_USER: 'The user deleted this card. It can never be imported again; do not retry.',
  CARD_EXPIRED: 'With the given dates the card would have expired already. Correct them, or skip the card.',
  CARD_NOT_EFFECTIVE:
    'Only an EFFECTIVE card can be changed. Read its state; confirm it if it is UNACTIVATED.',
  CARD_ENDED:
    'Only an UNACTIVATED or EFFECTIVE card can be invalidated; this one has ended. Nothing is left to do.',
  CARD_CODE_ALLOCATED_BY_WECHAT:
    'WeChat Pay allocates the card codes of this template. Send the code of the opening.',
  NOT_A_MEMBER: 'The user has no valid card of this template. Do not send it to this user.',
  FORM_FIELD_DUPLICATE: 'A form field occurs twice. Send it once.',
  FORM_FIELD_UNKNOWN:
    "The template's form does not have this field. Leave it out, or add it to the template.",
  FORM_ANSWER_MALFORMED: 'A form answer has the wrong format or forbidden characters. Correct it.',
  FEED_TEMPLATE_NOT_PERMITTED: 'The brand may not use this feed template. Use another one, or apply for it.',
  ACTIVITY_EXISTS: 'The template already has an activity under way. Terminate it, or use another template.',
  ACTIVITY_NOT_OF_BRAND: 'The activity belongs to another brand. Check brandId and activityId.',
  IMAGE_EMPTY: 'The picture has no bytes. Send the picture.',
  IMAGE_TOO_LARGE: 'The picture has too many bytes or pixels. Make it smaller.',
  IMAGE_TYPE_NOT_SUPPORTED: 'The picture is of another type than PNG or JPEG. Convert it.',
  IMAGE_DAMAGED: 'The picture did not arrive as it was sent. Upload it again.',
  UPSTREAM_REJECTED: 'WeChat Pay refused the request for a reason that no document names. See wechatMessage.',
} as const satisfies Record<string, string>;

export type UserErrorCode = keyof typeof userErrorCodes;
