import { useState } from 'react';
import { BrowseIcon, BrowseOffIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import { ConsoleCardPhoneDocument, type ConsoleCardFragment } from '../../api/documents';
import type { Problem } from '../../api/problem';
import { useMay } from '../../app/permissions';
import { useClient } from '../../app/session';
import { Dialog } from '../../form/dialog';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import { memberTexts } from './texts';

/** A phone number, masked until the reader asks for it and knows that this is recorded. */
export const PhoneNumber = ({ card }: { readonly card: ConsoleCardFragment }) => {
  const t = useTexts(memberTexts);
  const client = useClient();
  const may = useMay('pii');
  const [isAsking, setIsAsking] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  // In this component only: it is gone with the card.
  const [phone, setPhone] = useState<string>();

  const reveal = async () => {
    setIsBusy(true);
    const answer = await client.ask(ConsoleCardPhoneDocument, { by: { id: card.id } });
    setIsBusy(false);
    setProblems(answer.problems);
    if (answer.problems.length > 0) return;
    setPhone(answer.data?.userCard?.phoneNumber ?? t.noPhone);
    setIsAsking(false);
  };

  if (card.phoneNumberMasked === null || card.phoneNumberMasked === undefined) return <>{t.noPhone}</>;
  return (
    <span className="phone">
      {phone ?? card.phoneNumberMasked}
      {phone === undefined ? (
        <Button
          variant="text"
          theme="primary"
          size="small"
          icon={<BrowseIcon />}
          disabled={!may}
          onClick={() => {
            setIsAsking(true);
          }}
        >
          {t.reveal}
        </Button>
      ) : (
        <Button
          variant="text"
          theme="primary"
          size="small"
          icon={<BrowseOffIcon />}
          onClick={() => {
            setPhone(undefined);
          }}
        >
          {t.hide}
        </Button>
      )}
      {!may && <span className="hint">{t.revealNeeds}</span>}
      {isAsking && (
        <Dialog
          title={t.revealTitle}
          confirm={t.reveal}
          isBusy={isBusy}
          onConfirm={() => void reveal()}
          onClose={() => {
            setIsAsking(false);
          }}
        >
          <p>{t.revealAdvice}</p>
          <Refusal mutation={{ problems, inputErrors: [] }} />
        </Dialog>
      )}
    </span>
  );
};
