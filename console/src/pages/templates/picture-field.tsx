import { useState } from 'react';
import { Alert } from 'tdesign-react/es/alert';
import type { Problem } from '../../api/problem';
import { upload } from '../../api/transfer';
import { useClient, useSession } from '../../app/session';
import { FileDrop } from '../../form/file-drop';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import { readPicture, rememberPicture } from './local-pictures';
import { templateTexts } from './texts';

interface PictureFieldProps {
  readonly url: string;
  readonly error: string | undefined;
  readonly onChange: (url: string) => void;
}

/** As the server has it. A larger one would be refused only after it was sent. */
const maxBytes = 1_048_576;
/** WeChat Pay's recommendation, and how far a picture may be from it before it is worth saying. */
const recommended = 716 / 320;
const tolerance = 0.02;

/** The picture of a card: sent to WeChat Pay by the server as soon as it is chosen, and shown at once. */
export const PictureField = ({ url, error, onChange }: PictureFieldProps) => {
  const t = useTexts(templateTexts);
  const client = useClient();
  const { brand } = useSession();
  const [isBusy, setIsBusy] = useState(false);
  const [note, setNote] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const send = async (file: File) => {
    setProblem(undefined);
    setNote(undefined);
    if (file.size > maxBytes) {
      setNote(t.pictureTooLarge((file.size / maxBytes).toFixed(1)));
      return;
    }
    setIsBusy(true);
    const picture = await readPicture(file);
    const done = await upload<{ readonly cardPictureUrl: string }>(client, {
      path: `/images?brandId=${encodeURIComponent(brand.brandId)}`,
      file,
      signal: new AbortController().signal,
    });
    setIsBusy(false);
    if ('problem' in done) {
      setProblem(done.problem);
      return;
    }
    const { cardPictureUrl } = done.value;
    if (picture !== undefined) {
      rememberPicture(cardPictureUrl, picture.data);
      const { width, height } = picture;
      if (Math.abs(width / height / recommended - 1) > tolerance)
        setNote(t.pictureSize(`${width} × ${height}`));
    }
    onChange(cardPictureUrl);
  };
  const title = isBusy ? t.uploading : url === '' ? t.pictureDrop : t.pictureReplace;
  return (
    <div role="group" aria-label={t.cardPictureUrl}>
      <span className="field__label">{t.cardPictureUrl}</span>
      <FileDrop
        title={title}
        hint={t.pictureHint}
        accept="image/png,image/jpeg"
        isDisabled={isBusy}
        isSmall={url !== ''}
        onFile={(file) => void send(file)}
      />
      {note !== undefined && <Alert theme="warning" message={note} />}
      {problem !== undefined && <Refusal mutation={{ problems: [problem], inputErrors: [] }} />}
      {error !== undefined && (
        <p className="field__error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
};
