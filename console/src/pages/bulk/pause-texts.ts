import { pauseReasons } from '../../api/schema-texts';
import { inBoth } from '../../i18n/texts';

/** Why an operation is paused and what to do, as the schema says it. */
export const pauseTexts = inBoth(pauseReasons.zh, pauseReasons.en);
