import { useState } from 'react';
import { CheckCircleIcon, DeleteIcon, EditIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import type { ConsoleCardFragment } from '../../api/documents';
import { useMay } from '../../app/permissions';
import { useTexts } from '../../i18n/language';
import { hasEnded } from './card-state';
import { ChangeLevel } from './change-level';
import { ConfirmOpening } from './confirm-opening';
import { InvalidateCard } from './invalidate-card';
import { memberTexts } from './texts';

interface CardActionsProps {
  readonly card: ConsoleCardFragment;
  readonly onChange: (card: ConsoleCardFragment) => void;
}

const dialogs = { level: ChangeLevel, confirm: ConfirmOpening, invalidate: InvalidateCard } as const;

/** What can be done with a card in its state. */
export const CardActions = ({ card, onChange }: CardActionsProps) => {
  const t = useTexts(memberTexts);
  const may = useMay('write');
  const [open, setOpen] = useState<keyof typeof dialogs>();
  const ended = hasEnded(card);
  const waits = card.userCardState === 'UNACTIVATED';
  const Open = open === undefined ? undefined : dialogs[open];
  return (
    <section className="panel">
      <h2 className="panel__title">{t.actions}</h2>
      {waits && <p className="actions__note">{t.waiting}</p>}
      {ended ? (
        <p className="hint">{t.ended}</p>
      ) : (
        <div className="actions">
          {waits && (
            <Button
              icon={<CheckCircleIcon />}
              disabled={!may}
              onClick={() => {
                setOpen('confirm');
              }}
            >
              {t.confirmOpening}
            </Button>
          )}
          {card.userCardState === 'EFFECTIVE' && (
            <Button
              icon={<EditIcon />}
              disabled={!may}
              onClick={() => {
                setOpen('level');
              }}
            >
              {t.changeLevel}
            </Button>
          )}
          <Button
            theme="danger"
            variant="outline"
            icon={<DeleteIcon />}
            disabled={!may}
            onClick={() => {
              setOpen('invalidate');
            }}
          >
            {t.invalidate}
          </Button>
        </div>
      )}
      {!may && !ended && <p className="hint actions__note">{t.readOnly}</p>}
      {Open !== undefined && (
        <Open
          card={card}
          onDone={(changed) => {
            setOpen(undefined);
            onChange(changed);
          }}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </section>
  );
};
