import type { ConsoleCardFragment } from '../../api/documents';

/** The dialog of an action on a card. */
export interface ActionProps {
  readonly card: ConsoleCardFragment;
  /** Called with the card as WeChat Pay has it now. */
  readonly onDone: (card: ConsoleCardFragment) => void;
  readonly onClose: () => void;
}
