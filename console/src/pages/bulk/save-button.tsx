import { useState } from 'react';
import { DownloadIcon } from 'tdesign-icons-react';
import { Button } from '../../form/button';
import type { Problem } from '../../api/problem';
import { download } from '../../api/transfer';
import { useNotify } from '../../app/notices';
import { useClient } from '../../app/session';
import { Refusal } from '../../form/refusal';
import { useTexts } from '../../i18n/language';
import { bulkTexts } from './texts';

interface SaveButtonProps {
  readonly path: string;
  readonly fileName: string;
  readonly label: string;
  readonly isMain?: boolean;
  readonly isDisabled?: boolean;
}

/** Saves a file of the server, and says in the server's words why not. */
export const SaveButton = ({
  path,
  fileName,
  label,
  isMain = false,
  isDisabled = false,
}: SaveButtonProps) => {
  const t = useTexts(bulkTexts);
  const client = useClient();
  const notify = useNotify();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const save = async () => {
    setIsBusy(true);
    const found = await download(client, path, fileName);
    setIsBusy(false);
    setProblem(found);
    if (found === undefined) notify(t.saved);
  };
  return (
    <>
      <Button
        theme={isMain ? 'primary' : 'default'}
        variant={isMain ? 'base' : 'outline'}
        icon={<DownloadIcon />}
        loading={isBusy}
        disabled={isDisabled}
        onClick={() => void save()}
      >
        {label}
      </Button>
      {problem !== undefined && <Refusal mutation={{ problems: [problem], inputErrors: [] }} />}
    </>
  );
};
