import { useEffect, useId, useRef, type FormEvent, type ReactNode } from 'react';
import { CloseIcon } from 'tdesign-icons-react';
import { Button } from './button';
import { useTexts } from '../i18n/language';
import { formTexts } from './texts';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly confirm: string;
  readonly theme?: 'primary' | 'danger';
  readonly isBusy?: boolean;
  /** The form cannot be sent yet. */
  readonly isIncomplete?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A form above the page. The browser's own dialog keeps the focus inside, closes with Esc and is announced; TDesign's does none of it,
 * and inserts a style element that the page's policy refuses.
 */
export const Dialog = ({
  title,
  confirm,
  theme = 'primary',
  isBusy = false,
  isIncomplete = false,
  onConfirm,
  onClose,
  children,
}: DialogProps) => {
  const t = useTexts(formTexts);
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
    };
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy && !isIncomplete) onConfirm();
  };
  return (
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form onSubmit={submit}>
        <header className="dialog__head">
          <h2 id={titleId}>{title}</h2>
          <Button
            variant="text"
            shape="square"
            icon={<CloseIcon />}
            aria-label={t.close}
            onClick={() => {
              onClose();
            }}
          />
        </header>
        <div className="dialog__body">{children}</div>
        <footer className="dialog__foot">
          <Button
            theme="default"
            onClick={() => {
              onClose();
            }}
          >
            {t.cancel}
          </Button>
          <Button type="submit" theme={theme} loading={isBusy} disabled={isIncomplete}>
            {confirm}
          </Button>
        </footer>
      </form>
    </dialog>
  );
};
